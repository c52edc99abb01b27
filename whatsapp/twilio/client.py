"""The Twilio SDK's client, with a time limit and an address that the settings can move."""

import json
from typing import Any
from urllib.parse import urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from core.errors import ConfigurationError, RetryLaterError
from core.settings import settings
from whatsapp import retry_after

_BUSY = frozenset({429, 503})


class HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Carries the SDK's requests.

    Args:
        timeout_s: seconds to wait for a connection, and for an answer.
        base_url: scheme and host to use in place of Twilio's own, whichever the product
            (``api.``, ``content.``, ``messaging.``); None leaves the address alone.
    """

    def __init__(self, timeout_s: float, base_url: str | None) -> None:
        super().__init__(timeout=timeout_s)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send a request, as the SDK asks.

        Raises:
            RetryLaterError: Twilio says to slow down; the SDK would hide for how long.
        """
        response = super().request(method, self._moved(url), *args, **kwargs)
        if response.status_code in _BUSY:
            raise RetryLaterError(
                f"Twilio asks us to wait (HTTP {response.status_code})",
                after_s=retry_after.seconds((response.headers or {}).get("Retry-After", "")),
                code=_code_of(response) or str(response.status_code),
            )
        return response

    def _moved(self, url: str) -> str:
        if self._base_url is None:
            return url
        parts = urlsplit(url)
        return f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def make_client() -> Client:
    """Return a client for the account of the settings.

    Raises:
        ConfigurationError: no account is configured.
    """
    configured = settings()
    if not configured.twilio_account_sid or configured.twilio_auth_token is None:
        raise ConfigurationError("set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to send messages")
    return Client(
        configured.twilio_account_sid,
        configured.twilio_auth_token.get_secret_value(),
        http_client=HttpClient(configured.twilio_timeout_s, configured.twilio_base_url),
    )


def _code_of(response: Response) -> str | None:
    """Read Twilio's own code from its error document; None where there is none."""
    try:
        document = json.loads(response.text)
    except (ValueError, RecursionError):
        return None
    code = document.get("code") if isinstance(document, dict) else None
    return str(code) if isinstance(code, int) else None
