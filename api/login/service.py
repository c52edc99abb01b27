"""What a login changes: who is recognised, who is new, and which accounts are one person's.

An e-mail address alone opens nothing: it may have been given up, or never checked. Somebody who
comes with an address that another account has must first sign in to that account.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from api.account import deletion
from api.login import facebook, repository
from api.login.emails import index_of
from api.login.guests import carry_over
from api.login.schemas import (
    FACEBOOK,
    Arrival,
    Attempt,
    Deletion,
    Departure,
    Outcome,
    Person,
)
from api.sessions import service as sessions
from api.sessions.schemas import Method, Opened, Visitor
from api.sessions.service import REPLACED
from core.audit.service import record, traveller
from core.codes.service import Purpose, redeem
from core.database import Connection
from core.encryption import blind_index, encrypt
from core.errors import NotFoundError

BROUGHT_BACK_WITHIN = dt.timedelta(minutes=15)
LINK_WITHIN = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that signs in.

    Attributes:
        name: its random name, see `Visit.browser`.
        device: what it is called in the list of sessions.
        language: of its pages.
        visitor: who has a session in it already.
    """

    name: str
    device: str
    language: str
    visitor: Visitor | None = None

    @property
    def hash(self) -> bytes:
        """Under what the database knows it."""
        return hashlib.sha256(self.name.encode()).digest()

    @property
    def guest_id(self) -> int | None:
        """The key of the guest who uses it."""
        return self.visitor.user_id if self.visitor and self.visitor.is_guest else None


def depart(connection: Connection, browser: Browser, return_to: str) -> str:
    """Begin a login with Facebook; return where to send the browser."""
    journey: Departure = facebook.departure()
    visitor = browser.visitor
    repository.add_attempt(
        connection,
        _hash(journey.state),
        browser.hash,
        FACEBOOK,
        nonce=journey.nonce,
        verifier=encrypt(journey.verifier),
        return_to=return_to,
        user_id=visitor.user_id if visitor and not visitor.is_guest else None,
        valid_for=BROUGHT_BACK_WITHIN,
    )
    return journey.url


def come_back(connection: Connection, browser: Browser, state: str) -> Attempt | None:
    """Return the login that ends here; None where this browser has begun none, or long ago."""
    return repository.take_attempt(connection, _hash(state), browser.hash, FACEBOOK)


def arrive(
    connection: Connection, browser: Browser, attempt: Attempt, person: Person
) -> tuple[Arrival, Opened | None]:
    """Recognise whom Facebook has brought, and open a session for them.

    Returns:
        What became of it, and the session; None where nobody new is signed in.
    """
    subject = _subject_index(person.subject)
    repository.lock_provider(connection, FACEBOOK, subject)
    arrival = _recognise(connection, browser, attempt, person, subject)
    if arrival.user_id is None or arrival.outcome is Outcome.ADDED:
        return arrival, None
    repository.note_use(connection, FACEBOOK, subject)
    return arrival, enter(connection, browser, arrival.user_id, Method.FACEBOOK)


def enter(connection: Connection, browser: Browser, user_id: int, method: Method) -> Opened:
    """Open a session for a user who has shown who they are.

    The session before ends, so that nobody who knew it is let in. What a guest has told goes
    along, and a way in that waited for this proof is added.
    """
    before = browser.visitor
    if before is not None and before.user_id != user_id and before.is_guest:
        carry_over(connection, before.user_id, user_id)
        repository.remove_guest(connection, before.user_id)
    elif before is not None:
        sessions.end_session(connection, before.user_id, before.session_id, REPLACED)
    _complete_link(connection, browser, user_id)
    return sessions.open_session(connection, user_id, method, browser.device)


def enter_by_link(connection: Connection, browser: Browser, token: str) -> Opened | None:
    """Open a session for whoever was sent this link; None where it is used up or too old."""
    found = redeem(connection, Purpose.SIGN_IN, token)
    return enter(connection, browser, found.user_id, Method.WHATSAPP) if found else None


def removed_from_facebook(connection: Connection, signed_request: str) -> None:
    """Let somebody no longer sign in through Facebook, who has taken our app's rights away there.

    Raises:
        InvalidInputError: it is not Facebook who says so.
    """
    subject = _subject_index(facebook.subject_of(signed_request))
    user_id = repository.remove_method(connection, FACEBOOK, subject)
    if user_id is not None:
        sessions.end_all(connection, user_id, "removed at Facebook")
        record(connection, traveller(user_id), "login.removed", user_id)


def delete_by_request(connection: Connection, signed_request: str) -> str:
    """Delete a person who asked Facebook for it; return the code by which to ask how it went.

    Raises:
        InvalidInputError: it is not Facebook who asks.
    """
    subject = _subject_index(facebook.subject_of(signed_request))
    user_id = repository.user_by_method(connection, FACEBOOK, subject)
    code = secrets.token_urlsafe(12)
    repository.add_deletion(connection, code, FACEBOOK, user_id)
    if user_id is not None:
        deletion.delete(connection, user_id, traveller(user_id))
    return code


def deletion_of(connection: Connection, code: str) -> Deletion:
    """Return how far a deletion is.

    Raises:
        NotFoundError: none has this code.
    """
    row = repository.deletion(connection, code)
    if row is None:
        raise NotFoundError("there is no such confirmation code")
    return Deletion(row["requested_at"], is_done=row["is_done"])


def _recognise(
    connection: Connection, browser: Browser, attempt: Attempt, person: Person, subject: bytes
) -> Arrival:
    known = repository.user_by_method(connection, FACEBOOK, subject)
    if attempt.user_id is not None:
        return _add(connection, browser, attempt.user_id, person, subject, known)
    if known is not None:
        return Arrival(Outcome.SIGNED_IN, known)
    email = _email_index(person)
    owner = repository.user_by_email(connection, email) if email else None
    if owner is not None and owner != browser.guest_id:
        repository.add_pending_link(connection, browser.hash, FACEBOOK, subject, owner, LINK_WITHIN)
        return Arrival(Outcome.EMAIL_KNOWN)
    user_id = browser.guest_id or repository.add_user(connection, browser.language)
    _attach(connection, user_id, person, subject)
    return Arrival(Outcome.SIGNED_IN, user_id, is_new=True)


def _add(
    connection: Connection,
    browser: Browser,
    user_id: int,
    person: Person,
    subject: bytes,
    known: int | None,
) -> Arrival:
    """Add a way in to the account that is open in this browser, and still is."""
    visitor = browser.visitor
    if known not in {None, user_id} or visitor is None or visitor.user_id != user_id:
        return Arrival(Outcome.TAKEN)
    if known is None:
        _attach(connection, user_id, person, subject)
    return Arrival(Outcome.ADDED, user_id)


def _attach(connection: Connection, user_id: int, person: Person, subject: bytes) -> None:
    repository.add_method(connection, user_id, FACEBOOK, subject)
    index = _email_index(person)
    owner = repository.user_by_email(connection, index) if index else None
    is_free = owner in {None, user_id}
    repository.complete_user(
        connection,
        user_id,
        name=encrypt(person.name) if person.name else None,
        email=encrypt(person.email) if person.email and is_free else None,
        email_index=index if is_free else None,
    )
    actor = traveller(user_id)
    record(connection, actor, "login.added", user_id, provider=FACEBOOK)


def _complete_link(connection: Connection, browser: Browser, user_id: int) -> None:
    row = repository.take_pending_link(connection, browser.hash, user_id)
    if row is None:
        return
    subject = bytes(row["subject_index"])
    if repository.user_by_method(connection, row["provider"], subject) is None:
        repository.add_method(connection, user_id, row["provider"], subject)
        actor = traveller(user_id)
        record(connection, actor, "login.added", user_id, provider=row["provider"])


def _subject_index(subject: str) -> bytes:
    return blind_index(f"{FACEBOOK} {subject}")


def _email_index(person: Person) -> bytes | None:
    return index_of(person.email) if person.email else None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
