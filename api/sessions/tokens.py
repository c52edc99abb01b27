"""The signed tokens of the session cookie: short-lived, and good for one session only."""

import datetime as dt
import functools
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from core.secrets import secret
from core.settings import settings

VALID_FOR = dt.timedelta(minutes=10)
"""How long a token is taken without looking for the one that renews it."""

_ALGORITHM = "HS256"
_ISSUER = "travelbuddy"
_AUDIENCE = "web"
_LEEWAY_S = 5


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, once its signature and its times have been checked."""

    user_id: int
    session_id: UUID


def sign(user_id: int, session_id: UUID, now: dt.datetime | None = None) -> str:
    """Return a token for a session, signed with the newest key."""
    issued = int((now or dt.datetime.now(dt.UTC)).timestamp())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": issued,
        "exp": issued + int(VALID_FOR.total_seconds()),
    }
    key = _keys().keys[0]
    return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, algorithms=[_ALGORITHM])


def read(token: str) -> Claims | None:
    """Return what a token says; None where it is forged, expired or none of ours."""
    try:
        decoded = jwt.decode(token, _keys(), algorithms=[_ALGORITHM])
        _RULES.validate(decoded.claims)
        return Claims(int(decoded.claims["sub"]), UUID(decoded.claims["sid"]))
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def keyed_hash(text: str) -> str:
    """Return a hash of *text* that only this installation can make, in hexadecimal."""
    return hmac.new(_secrets()[0], text.encode(), hashlib.sha256).hexdigest()


_RULES = jwt.JWTClaimsRegistry(
    leeway=_LEEWAY_S,
    iss={"essential": True, "value": _ISSUER},
    aud={"essential": True, "value": _AUDIENCE},
    sub={"essential": True},
    exp={"essential": True},
    iat={"essential": True},
)


@functools.cache
def _secrets() -> tuple[bytes, ...]:
    configured = [key.get_secret_value() for key in settings().session_keys]
    return tuple(key.encode() for key in configured or [secret("session_key")])


@functools.cache
def _keys() -> KeySet:
    return KeySet([OctKey.import_key(key, {"kid": _name(key)}) for key in _secrets()])


def _name(key: bytes) -> str:
    """Return a name for a key that says nothing about it."""
    return hashlib.sha256(b"name of " + key).hexdigest()[:12]
