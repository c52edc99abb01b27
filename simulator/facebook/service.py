"""The Graph's side: a code for a token, and a token for a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.facebook.errors import GraphError
from simulator.facebook.state import TOKEN_VALID, Grant, Memory, Token
from simulator.facebook.tokens import Signer, challenge_of, proof_of, same
from simulator.settings import Settings

_PICTURE_SIZE = 50


class Graph:
    """Answers the app.

    Args:
        settings: The app's id and secret.
        memory: What people agreed to.
        signer: Of id tokens.
    """

    def __init__(self, settings: Settings, memory: Memory, signer: Signer) -> None:
        self._settings = settings
        self._memory = memory
        self._signer = signer

    def exchange(self, fields: Mapping[str, str], base: str) -> dict[str, Any]:
        """Give an access token (and an id token, where asked for) for a code.

        Args:
            fields: The request's parameters.
            base: The address of this stand-in, for pictures.

        Raises:
            GraphError: The code, the app or the proof is not right.
        """
        self._check_app(fields)
        code = fields.get("code", "")
        grant = self._granted(code)
        if fields.get("redirect_uri", "") != grant.redirect_uri:
            raise GraphError(
                "Error validating verification code. Please make sure your redirect_uri is "
                "identical to the one you used in the OAuth dialog request",
                subcode=36008,
            )
        self._check_client(fields, grant)
        self._memory.use_up(code)
        answer = {
            "access_token": self._memory.add_token(grant),
            "token_type": "bearer",
            "expires_in": int(TOKEN_VALID.total_seconds()),
        }
        if "openid" in grant.scopes and self._memory.switches.id_tokens:
            picture = picture_of(base, grant.account.id)
            answer["id_token"] = self._signer.id_token(grant, picture, self._memory.now())
        return answer

    def profile(self, token: str, proof: str, wanted: str, base: str) -> dict[str, Any]:
        """What the app may see of whoever a token is from.

        Args:
            token: The access token.
            proof: The ``appsecret_proof``; empty if none was sent.
            wanted: The fields, separated by commas; empty for the usual ones.
            base: The address of this stand-in, for pictures.

        Raises:
            GraphError: The token or the proof is not right, or there is no such field.
        """
        known = self._token(token)
        self._check_proof(token, proof)
        all_fields = self._all_fields(known, base)
        names = [name.strip() for name in wanted.split(",")] if wanted else ["name"]
        chosen = {}
        for name in dict.fromkeys([*names, "id"]):
            if name not in {*all_fields, "email"}:
                raise GraphError(f"Tried accessing nonexisting field ({name[:50]!r})")
            if name in all_fields:
                chosen[name] = all_fields[name]
        return chosen

    def check_ready(self) -> None:
        """See that there is an app at all.

        Raises:
            GraphError: The simulator was started without one.
        """
        if not self._settings.facebook_app_id:
            raise GraphError("No app is set up here: start with --facebook-app-id", 101)

    def _all_fields(self, token: Token, base: str) -> dict[str, Any]:
        account = token.account
        address = picture_of(base, account.id)
        size = {"height": _PICTURE_SIZE, "width": _PICTURE_SIZE, "is_silhouette": True}
        shown: dict[str, Any] = {
            "id": account.id,
            "name": account.name,
            "picture": {"data": {**size, "url": address}},
        }
        if account.email and "email" in token.scopes:
            shown["email"] = account.email
        return shown

    def _check_app(self, fields: Mapping[str, str]) -> None:
        self.check_ready()
        if fields.get("client_id", "") != self._settings.facebook_app_id:
            raise GraphError("Error validating application. Invalid application ID.", 101)

    def _granted(self, code: str) -> Grant:
        if code in self._memory.used:
            raise GraphError("This authorization code has been used.", subcode=36009)
        grant = self._memory.grants.get(code)
        if grant is None:
            raise GraphError("Invalid verification code format.")
        if self._memory.now() >= grant.expires_at:
            raise GraphError("This authorization code has expired.", subcode=36007)
        return grant

    def _check_client(self, fields: Mapping[str, str], grant: Grant) -> None:
        """A secret that is given must be right; so must the verifier, if one was announced."""
        secret, verifier = fields.get("client_secret", ""), fields.get("code_verifier", "")
        if secret and not same(secret, self._settings.facebook_app_secret):
            raise GraphError("Error validating client secret.", 1)
        if grant.challenge and not same(challenge_of(verifier), grant.challenge):
            raise GraphError("The code_verifier does not fit the code_challenge.")
        if not secret and not grant.challenge:
            raise GraphError("Missing client_secret parameter.", 1)

    def _token(self, token: str) -> Token:
        self.check_ready()
        if not token:
            raise GraphError(
                "An active access token must be used to query information about the current user.",
                2500,
            )
        known = self._memory.tokens.get(token)
        if known is None:
            raise GraphError("Invalid OAuth access token - Cannot parse access token", 190)
        if self._memory.now() >= known.expires_at:
            raise GraphError(
                "Error validating access token: Session has expired.", 190, subcode=463
            )
        return known

    def _check_proof(self, token: str, proof: str) -> None:
        if not proof and self._memory.switches.require_proof:
            raise GraphError(
                "API calls from the server require an appsecret_proof argument",
                kind="GraphMethodException",
            )
        if proof and not same(proof, proof_of(token, self._settings.facebook_app_secret)):
            raise GraphError(
                "Invalid appsecret_proof provided in the API argument",
                kind="GraphMethodException",
            )


def picture_of(base: str, account_id: str) -> str:
    """Where somebody's picture lies: a silhouette, the same for all."""
    return f"{base}/facebook/pictures/{account_id}"
