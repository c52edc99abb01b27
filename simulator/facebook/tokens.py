"""What Facebook signs, and what it checks signatures of."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from simulator.facebook.state import Grant

ALGORITHM = "HMAC-SHA256"
_ID_TOKEN_VALID = timedelta(hours=1)
_KEY_BITS = 2048


def base64url(raw: bytes) -> str:
    """Encode without padding, as JOSE, PKCE and signed requests have it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    """The PKCE challenge for a verifier, S256."""
    return base64url(hashlib.sha256(verifier.encode()).digest())


def proof_of(token: str, secret: str) -> str:
    """The ``appsecret_proof`` for an access token."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare in a time that says nothing about where they differ."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def signed_request(user_id: str, secret: str, now: datetime) -> str:
    """What Facebook posts to an app's callbacks, as ``signature.payload``."""
    claims = {"algorithm": ALGORITHM, "issued_at": int(now.timestamp()), "user_id": user_id}
    payload = base64url(json.dumps(claims).encode())
    signed = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{base64url(signed)}.{payload}"


class Signer:
    """Signs id tokens with a key of its own, made when it is first needed."""

    def __init__(self, issuer: str, app_id: str) -> None:
        self._issuer = issuer
        self._app_id = app_id

    @functools.cached_property
    def _key(self) -> RSAKey:
        return RSAKey.generate_key(_KEY_BITS, {"use": "sig", "alg": "RS256"}, auto_kid=True)

    def public_keys(self) -> dict[str, Any]:
        """The JWKS."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def id_token(self, grant: Grant, picture: str, now: datetime) -> str:
        """The id token for what somebody agreed to."""
        issued = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._app_id,
            "sub": grant.account.id,
            "iat": issued,
            "exp": issued + int(_ID_TOKEN_VALID.total_seconds()),
            "jti": secrets.token_urlsafe(16),
            "name": grant.account.name,
            "picture": picture,
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        if grant.account.email and "email" in grant.scopes:
            claims["email"] = grant.account.email
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)
