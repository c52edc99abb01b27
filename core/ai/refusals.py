"""What a server's refusal means to us, as errors named after what to do about them."""

import datetime as dt
import json
import re
from email.utils import parsedate_to_datetime

import httpx

from core.errors import ConfigurationError, RejectedError, RetryLaterError, TravelBuddyError

_LONGEST_WAIT_S = 3_600.0
_LATER = frozenset({408, 409, 425, 429})
_SETTINGS = {
    401: "the language model's server does not accept LLM_API_KEY",
    403: "the language model's server does not let LLM_API_KEY use this model",
    404: "the language model's server knows no such address or model: see LLM_BASE_URL, LLM_MODEL",
}
_FIRST_SERVER_ERROR = 500
_CODE = re.compile(r"[\w.-]{1,60}")


def refusal(response: httpx.Response, body: bytes) -> TravelBuddyError:
    """Return the error for a response that is no success; its own words may echo what was asked."""
    status = response.status_code
    if status in _LATER or status >= _FIRST_SERVER_ERROR:
        after = retry_after(response.headers.get("Retry-After"))
        return RetryLaterError(f"the language model cannot answer now (HTTP {status})", after)
    if status in _SETTINGS or response.is_redirect:
        return ConfigurationError(
            _SETTINGS.get(status, f"LLM_BASE_URL leads elsewhere (HTTP {status})")
        )
    return RejectedError(f"the language model's server refused (HTTP {status})", _code(body))


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its two forms."""
    if not value:
        return None
    try:
        seconds = float(value) if value.strip().isdigit() else _until(value)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_S)


def _until(date: str) -> float:
    then = parsedate_to_datetime(date)
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    return (then - dt.datetime.now(dt.UTC)).total_seconds()


def _code(body: bytes) -> str | None:
    """Return the server's own code of the error, if it sent one that is no prose."""
    try:
        error = json.loads(body)["error"]
        code = error.get("code") or error.get("type")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None
