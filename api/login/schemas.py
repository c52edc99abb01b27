"""Logins on their way, and what comes of them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

FACEBOOK = "facebook"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send a browser that wants to sign in.

    Attributes:
        url: the provider's dialog.
        state: what comes back with the browser, by which we know our own question again.
        nonce: what the provider must repeat in its signed answer.
        verifier: what proves to the provider that whoever asks for the token began the login.
    """

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that has come back to the browser that began it.

    Attributes:
        return_to: the page to go on with.
        user_id: who was signed in already and adds a way in.
    """

    nonce: str
    verifier: str
    return_to: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider has recognised.

    Attributes:
        subject: their id with the provider, for our app alone.
        name: how they are called there.
        email: their address, where they share it.
    """

    subject: str
    name: str | None = None
    email: str | None = None


class Outcome(StrEnum):
    """What became of a login; the name of the notice that tells it."""

    SIGNED_IN = "signed_in"
    ADDED = "login_added"
    TAKEN = "login_taken"
    """The person has another account here."""
    EMAIL_KNOWN = "email_known"
    """Their e-mail address belongs to an account that they have not shown to be theirs."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who has arrived.

    Attributes:
        user_id: whose session to open; None where none is to be.
    """

    outcome: Outcome
    user_id: int | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """How far a deletion is that a provider asked for."""

    requested_at: dt.datetime
    is_done: bool
