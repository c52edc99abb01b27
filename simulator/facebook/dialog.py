"""The login dialog: what an app may ask for, and how people go back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from simulator.facebook.errors import DialogError
from simulator.facebook.schemas import Account
from simulator.facebook.state import CODE_VALID, Grant, Memory
from simulator.settings import Settings

FIELDS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
SCOPES = frozenset({"public_profile", "email", "openid"})
REFUSED = {
    "error": "access_denied",
    "error_code": "200",
    "error_reason": "user_denied",
    "error_description": "Permissions error",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 2048
_CHALLENGE_LENGTH = 43
# Facebook ends the address so, lest it inherit the fragment of the page before.
_END = "#_=_"


@dataclass(frozen=True, slots=True)
class Asked:
    """A login that an app asks for, found to be in order."""

    redirect_uri: str
    scopes: frozenset[str]
    state: str = ""
    nonce: str = ""
    challenge: str = ""
    response_type: str = "code"

    @property
    def origin(self) -> str:
        """Scheme, host and port that people are sent back to."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


def read(fields: Mapping[str, str], settings: Settings) -> Asked:
    """Read what an app asks for.

    Raises:
        DialogError: It is not in order, and nobody may be sent to the address that it names.
    """
    if not settings.facebook_app_id or fields.get("client_id") != settings.facebook_app_id:
        raise DialogError("App not found", "The client_id is not that of an app known here.")
    redirect_uri = fields.get("redirect_uri", "")
    if not is_registered(redirect_uri, settings):
        raise DialogError(
            "URL blocked", "The redirect_uri is not among the addresses registered for this app."
        )
    if any(len(fields.get(name, "")) > _LONGEST for name in FIELDS):
        raise DialogError("Too long", f"No parameter may have more than {_LONGEST} characters.")
    return Asked(
        redirect_uri=redirect_uri,
        scopes=_scopes(fields.get("scope", "")),
        state=fields.get("state", ""),
        nonce=fields.get("nonce", ""),
        challenge=_challenge(fields),
        response_type=fields.get("response_type") or "code",
    )


def is_registered(address: str, settings: Settings) -> bool:
    """Whether people may be sent there; without a list, to any address of this machine."""
    if settings.facebook_redirects:
        return address in settings.facebook_redirects
    try:
        parts = urlsplit(address)
        local = parts.hostname in _LOOPBACK and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and not set(address) & set(" \\;,\"'")
    return local and plain and parts.scheme in {"http", "https"} and _is_bare(address)


def _is_bare(address: str) -> bool:
    return "@" not in urlsplit(address).netloc and "#" not in address


def _scopes(text: str) -> frozenset[str]:
    asked = frozenset(text.replace(",", " ").split())
    if unknown := sorted(asked - SCOPES):
        raise DialogError("Invalid scopes", f"Not known here: {', '.join(unknown)[:200]}.")
    return asked | {"public_profile"}


def _challenge(fields: Mapping[str, str]) -> str:
    challenge = fields.get("code_challenge", "")
    if challenge and fields.get("code_challenge_method") != "S256":
        raise DialogError("Unsafe challenge", "The code_challenge_method must be S256.")
    if challenge and len(challenge) != _CHALLENGE_LENGTH:
        raise DialogError("Wrong challenge", "A code_challenge of S256 has 43 characters.")
    return challenge


def accept(memory: Memory, asked: Asked, account: Account, *, share_email: bool) -> str:
    """Let the app in; return the address to send the person to, with a code."""
    scopes = asked.scopes if share_email else asked.scopes - {"email"}
    code = memory.add_grant(
        Grant(
            account=account,
            scopes=scopes,
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            nonce=asked.nonce,
            expires_at=memory.now() + CODE_VALID,
        )
    )
    return back(asked, {"code": code})


def back(asked: Asked, answer: Mapping[str, str]) -> str:
    """The address with an answer, and the state if there was one."""
    state = {"state": asked.state} if asked.state else {}
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    bare = asked.redirect_uri.removesuffix("?")
    return f"{bare}{joint}{urlencode({**answer, **state})}{_END}"
