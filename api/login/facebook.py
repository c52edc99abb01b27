"""Facebook's login, and whatever speaks the same protocol, by Authlib's OAuth client.

The code flow with state, PKCE and, where Facebook signs who somebody is, a nonce. What we ask of
the Graph API carries a proof that it comes from the app's own server.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.login.schemas import Departure, Person
from core.errors import ConfigurationError, InvalidInputError, RejectedError, RetryLaterError
from core.settings import settings

log = structlog.get_logger(__name__)

CALLBACK = "/login/facebook/callback"

_KEYS_KEPT_S = 3_600.0
_LONGEST_NAME = 200
_SERVER_ERROR = 500


def is_configured() -> bool:
    """Tell whether there is an app to sign in with."""
    return bool(settings().facebook_app_id and settings().facebook_app_secret)


def departure() -> Departure:
    """Return where to send a browser, with fresh secrets for this one journey."""
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _client() as client:
        url, state = client.create_authorization_url(
            settings().facebook_dialog_url, nonce=nonce, code_verifier=verifier
        )
    return Departure(url, state, nonce, verifier)


def person(code: str, verifier: str, nonce: str) -> Person:
    """Return whom a code stands for.

    Args:
        code: what the browser brought back.
        verifier: of the journey on which it did.
        nonce: of the same journey.

    Raises:
        RejectedError: Facebook does not take the code, or what it says is not about this journey.
        RetryLaterError: Facebook does not answer now.
    """
    try:
        with _client() as client:
            url = f"{settings().facebook_base_url}/oauth/access_token"
            token = client.fetch_token(url, code=code, code_verifier=verifier)
            profile = _profile(client, str(token["access_token"]))
    except httpx2.HTTPError as error:
        raise RetryLaterError(f"Facebook does not answer: {type(error).__name__}") from error
    except (AuthlibBaseError, KeyError, ValueError) as error:
        # Facebook's own words are an object where the standard has a string: neither is shown.
        log.warning("facebook_refused", error=type(error).__name__)
        raise RejectedError("Facebook did not confirm the login") from error
    signed = token.get("id_token")
    if signed and _subject(str(signed), nonce) != profile.subject:
        raise RejectedError("Facebook's two answers are not about one person")
    return profile


def subject_of(signed_request: str) -> str:
    """Return about whom Facebook's own server speaks, by a request that it has signed.

    Raises:
        InvalidInputError: it is not signed with the app's secret, or says nothing.
    """
    signature, _, payload = signed_request.partition(".")
    expected = hmac.new(_secret().encode(), payload.encode(), hashlib.sha256).digest()
    try:
        is_signed = hmac.compare_digest(_decoded(signature), expected)
        said = json.loads(_decoded(payload)) if is_signed else {}
    except (ValueError, Base64Error):
        raise InvalidInputError("signed_request: it cannot be read") from None
    subject = said.get("user_id") if isinstance(said, dict) else None
    if not is_signed or not subject:
        raise InvalidInputError("signed_request: its signature does not fit")
    return str(subject)


def _client() -> OAuth2Client:
    return OAuth2Client(
        client_id=settings().facebook_app_id,
        client_secret=_secret(),
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - a way, not a secret
        scope=settings().facebook_scope,
        redirect_uri=settings().public_base_url + CALLBACK,
        code_challenge_method="S256",
        timeout=settings().facebook_timeout_s,
    )


def _secret() -> str:
    secret = settings().facebook_app_secret
    if secret is None or not settings().facebook_app_id:
        raise ConfigurationError("Facebook login needs FACEBOOK_APP_ID and FACEBOOK_APP_SECRET")
    return secret.get_secret_value()


def _profile(client: OAuth2Client, access_token: str) -> Person:
    proof = hmac.new(_secret().encode(), access_token.encode(), hashlib.sha256).hexdigest()
    answer = client.get(
        f"{settings().facebook_base_url}/me",
        params={"fields": "id,name,email", "appsecret_proof": proof},
    )
    if answer.status_code >= _SERVER_ERROR:
        raise RetryLaterError("Facebook does not answer now")
    said = answer.raise_for_status().json() if answer.is_success else {}
    if not isinstance(said, dict) or not said.get("id"):
        raise RejectedError("Facebook did not say who it is")
    return Person(str(said["id"]), _text(said, "name"), _text(said, "email"))


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value.strip()[:_LONGEST_NAME] or None if isinstance(value, str) else None


def _subject(id_token: str, nonce: str) -> str:
    """Return about whom Facebook's signed word is, once it is sure that it answers us."""
    rules = jwt.JWTClaimsRegistry(
        aud={"essential": True, "value": settings().facebook_app_id or ""},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        decoded = jwt.decode(id_token, _keys.current(), algorithms=["RS256"])
        rules.validate(decoded.claims)
    except (JoseError, ValueError) as error:
        log.warning("facebook_word_refused", error=type(error).__name__)
        raise RejectedError("Facebook's signed word does not fit this login") from error
    return str(decoded.claims["sub"])


class _Keys:
    """Facebook's public keys, fetched again once they are an hour old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._url, self._fetched_at = "", 0.0
        self._kept: KeySet | None = None

    def current(self) -> KeySet:
        """Return the keys.

        Raises:
            RetryLaterError: they cannot be had now.
        """
        url = settings().facebook_keys_url
        with self._lock:
            is_old = time.monotonic() - self._fetched_at > _KEYS_KEPT_S
            if self._kept is None or url != self._url or is_old:
                self._kept = self._fetch(url)
                self._url, self._fetched_at = url, time.monotonic()
            return self._kept

    def _fetch(self, url: str) -> KeySet:
        try:
            answer = httpx2.get(url, timeout=settings().facebook_timeout_s).raise_for_status()
            return KeySet.import_key_set(answer.json())
        except (httpx2.HTTPError, ValueError, JoseError) as error:
            raise RetryLaterError("Facebook's keys cannot be had now") from error


_keys = _Keys()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
