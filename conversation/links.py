"""Links that tell us that a tour was looked at, and lead to its own page.

A message carries ``/r/<token>`` in place of a tour's address. The token is random, and one for a
traveller and a tour: it names neither to anybody who sees it, and the address it leads to is read
from the catalogue when it is followed, never from the request.
"""

import secrets

from conversation import repository
from core.database import Connection
from core.settings import settings
from recommender import feedback
from recommender.reactions import Kind
from recommender.schemas import Package

_TOKEN_BYTES = 16
"""Nobody guesses one of 2**128."""

_QUIET_SECONDS = 60
"""Who taps twice has looked once."""


def tracked(connection: Connection, user_id: int, package_id: int) -> str:
    """Return the address that leads a traveller to a tour's page by way of us.

    Args:
        connection: an open transaction; the link is known once it is committed.
        user_id: the traveller.
        package_id: our key of the tour; it must be in the catalogue.
    """
    token = repository.link_token(connection, user_id, package_id)
    if token is None:
        fresh = secrets.token_urlsafe(_TOKEN_BYTES)
        token = repository.add_link(connection, user_id, package_id, fresh)
    return f"{settings().public_base_url}/r/{token}"


def page_of(connection: Connection, user_id: int, package_id: int, package: Package) -> str | None:
    """Return the tracked link to a tour's page; None where its operator names no page."""
    return tracked(connection, user_id, package_id) if package.url else None


def target(connection: Connection, token: str) -> str | None:
    """Return the tour's own address behind a link, retired or not; None where there is none."""
    return repository.link_target(connection, token)


def note_click(connection: Connection, token: str) -> None:
    """Note that a link was followed, and learn from it; at most once a minute for each link.

    It is curiosity, which counts much less than a thumb: see `recommender.reactions.PULL`.
    """
    clicked = repository.add_click(connection, token, _QUIET_SECONDS)
    if clicked is not None:
        user_id, package_id = clicked
        feedback.react(connection, user_id, [package_id], Kind.CLICK)
