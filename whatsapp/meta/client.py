"""Requests to Meta's Graph, with a time limit and typed errors."""

from typing import Any

import httpx

from core.errors import ConfigurationError, OutcomeUnknownError, RetryLaterError
from core.settings import settings
from whatsapp import retry_after
from whatsapp.meta.errors import refusal
from whatsapp.meta.untrusted import Json, an_object

_FIRST_ERROR = 400


class Graph:
    """The Graph as one access token sees it.

    Args:
        base_url: with the version: ``https://graph.facebook.com/v23.0``.
        token: the access token.
        timeout_s: seconds for each step of a request.
    """

    def __init__(self, base_url: str, token: str, timeout_s: float) -> None:
        self.base_url = base_url
        self.token = token
        self.timeout_s = timeout_s
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {token}", "User-Agent": "TravelBuddy"},
            timeout=timeout_s,
            follow_redirects=False,
        )

    def get(self, path: str, **parameters: str) -> Json:
        """Ask for *path*, such as ``/1234/message_templates``.

        Raises:
            RetryLaterError: the request was not carried out, and may be tried again.
            RejectedError: it was refused for good.
            ConfigurationError: the token does not do.
            OutcomeUnknownError: no answer came that could be read.
        """
        return self._ask("GET", path, params=parameters)

    def post(self, path: str, body: Json) -> Json:
        """Send *body* to *path*; raises as `get` does."""
        return self._ask("POST", path, json=body)

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _ask(self, method: str, path: str, **content: Any) -> Json:
        try:
            answer = self._http.request(method, f"{self.base_url}{path}", **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise RetryLaterError("Meta cannot be reached") from None
        except httpx.HTTPError as error:
            raise OutcomeUnknownError(f"Meta did not answer: {type(error).__name__}") from None
        return _read(answer)


def make_graph() -> Graph:
    """Return the Graph as the settings describe it.

    Raises:
        ConfigurationError: no account is configured.
    """
    configured = settings()
    if not configured.meta_phone_number_id or configured.meta_access_token is None:
        raise ConfigurationError("set META_PHONE_NUMBER_ID and META_ACCESS_TOKEN to send messages")
    token = configured.meta_access_token.get_secret_value()
    return Graph(configured.meta_base_url, token, configured.meta_timeout_s)


def _read(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        body = None
    said = an_object(body)
    if answer.status_code >= _FIRST_ERROR:
        after_s = retry_after.seconds(answer.headers.get("Retry-After", ""))
        raise refusal(answer.status_code, an_object(said.get("error")), after_s)
    if not said or not answer.is_success:
        raise OutcomeUnknownError(f"Meta's answer made no sense (HTTP {answer.status_code})")
    return said
