"""What the stand-in remembers: people, codes, tokens, and what is switched."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from simulator.clock import Clock
from simulator.facebook.schemas import SEEDED, Account, Fault, Place, Switches

CODE_VALID = timedelta(minutes=10)
TOKEN_VALID = timedelta(days=60)
MOST_KEPT = 1000
_ID_DIGITS = 17
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody agreed to in the dialog.

    Attributes:
        account: Who it was.
        scopes: What the app may see; ``email`` is missing where that was unticked.
        redirect_uri: Where they were sent back to.
        challenge: The PKCE challenge, S256; empty without one.
        nonce: To be repeated in the id token; empty without one.
        expires_at: Until when the code is good.
    """

    account: Account
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    nonce: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An access token's meaning."""

    account: Account
    scopes: frozenset[str]
    expires_at: datetime


class Memory:
    """Everything that a reset forgets. It is used from one event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Back to how it was at the start."""
        self.switches = Switches()
        self.faults: list[Fault] = []
        self.grants: dict[str, Grant] = {}
        self.used: dict[str, None] = {}
        self.tokens: dict[str, Token] = {}
        self.accounts = {account.id: account for account in SEEDED}

    def sign_up(self, name: str, email: str) -> Account:
        """Return the account with this name and address; always the same one for both."""
        digest = hashlib.sha256(f"{name}\0{email}".encode()).digest()
        number = int.from_bytes(digest[:8]) % 10 ** (_ID_DIGITS - 1)
        account = Account(id=f"2{number:0{_ID_DIGITS - 1}}", name=name, email=email)
        return _kept(self.accounts, account.id, account)

    def add_grant(self, grant: Grant) -> str:
        """Keep what was agreed to, and return the code for it."""
        code = f"AQ{secrets.token_urlsafe(32)}"
        _kept(self.grants, code, grant)
        return code

    def use_up(self, code: str) -> Grant:
        """Take a code that is there, once."""
        _kept(self.used, code, None)
        return self.grants.pop(code)

    def add_token(self, grant: Grant) -> str:
        """Make an access token for what was agreed to."""
        token = f"EAA{secrets.token_urlsafe(32)}"
        _kept(self.tokens, token, Token(grant.account, grant.scopes, self.now() + TOKEN_VALID))
        return token

    def forget_tokens(self, account: Account) -> None:
        """End every token of somebody who removed the app."""
        gone = [key for key, token in self.tokens.items() if token.account == account]
        for key in gone:
            del self.tokens[key]

    def take_fault(self, at: Place) -> Fault | None:
        """Return what is to go wrong at this request, and count it."""
        fault = next((each for each in self.faults if each.at == at), None)
        if fault is not None:
            fault.count -= 1
            self.faults = [each for each in self.faults if each.count > 0]
        return fault

    def now(self) -> datetime:
        """The simulated moment."""
        return self._clock.now()


def _kept(things: dict[str, _Thing], key: str, thing: _Thing) -> _Thing:
    """Put one more in; the oldest goes where there are too many."""
    things[key] = thing
    if len(things) > MOST_KEPT:
        del things[next(iter(things))]
    return thing
