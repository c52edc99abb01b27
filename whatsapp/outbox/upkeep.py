"""What looks after the outbox from time to time, and what an operator sees of it."""

from dataclasses import dataclass
from datetime import datetime

from core.database import Connection
from whatsapp.accounts import account
from whatsapp.letters import repository as letters
from whatsapp.outbox import consequences, repository
from whatsapp.outbox.schemas import OUTSIDE_WINDOW
from whatsapp.outbox.standing import repository as standing

HELD_DAYS = 7

_STUCK_MESSAGES = 3
_STUCK_DAYS = 3
_STUCK_TEXT = "The last suggestions were never delivered."


@dataclass(frozen=True, slots=True)
class Overview:
    """How the outbox stands.

    Attributes:
        halt_code: why nothing is sent; None where messages are sent.
        halted_at: since when nothing is sent.
        waiting: how many messages are pending, claimed, in doubt (unknown) and held.
        letters: how many dead letters there are.
    """

    halt_code: str | None
    halted_at: datetime | None
    waiting: dict[str, int]
    letters: int


def overview(connection: Connection) -> Overview:
    """Return how the outbox stands."""
    halt = standing.open_halt(connection, account())
    return Overview(
        halt_code=None if halt is None else halt["code"],
        halted_at=None if halt is None else halt["halted_at"],
        waiting=repository.waiting_counts(connection),
        letters=letters.count(connection),
    )


def resume(connection: Connection) -> bool:
    """Let the account send again; False when nothing had stopped it."""
    return standing.resume(connection, account())


def overdue(connection: Connection, overdue_s: float, limit: int) -> list[tuple[int, int]]:
    """Return addresses and priorities of what should have gone out *overdue_s* ago.

    There is nothing to hand over while sending is halted.
    """
    if standing.open_halt(connection, account()) is not None:
        return []
    rows = repository.waiting_outbox(connection, overdue_s, limit)
    return [(row["identity_id"], row["priority"]) for row in rows]


def tidy(connection: Connection) -> None:
    """Give up what was held too long, and suggestions to people who get nothing any more."""
    repository.expire_held(connection, HELD_DAYS, OUTSIDE_WINDOW)
    for user_id in standing.silent_readers(connection, _STUCK_MESSAGES, _STUCK_DAYS):
        consequences.unsubscribe(connection, user_id, _STUCK_TEXT)
