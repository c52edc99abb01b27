"""What the Graph's refusals mean to us, as errors named after what to do about them."""

from collections.abc import Mapping
from typing import Any

from core.errors import (
    ConfigurationError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
    TravelBuddyError,
)

RATE_LIMITED = frozenset({4, 17, 80007, 130429, 131048, 131056, 131064, 133016})
VENDOR_FAULTS = frozenset({1, 2, 131000, 131016, 131057, 133004, 135000})

# A token that is missing, spent or not allowed to: nothing goes out until somebody mends it.
_NOT_LET_IN = frozenset({0, 3, 10, 190, 131005, *range(200, 300)})
_BAD_GATEWAY = frozenset({502, 504})
_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
_UNAUTHORIZED = 401


def refusal(status: int, error: Mapping[str, Any], after_s: float | None) -> TravelBuddyError:
    """Return the error for an HTTP *status* with the Graph's own account of it.

    Args:
        status: HTTP status, 400 or more.
        error: the ``error`` object of the answer; empty where there was none.
        after_s: what ``Retry-After`` said.
    """
    code = _code_of(error)
    told = None if code is None else str(code)
    if not error and status in _BAD_GATEWAY:
        return OutcomeUnknownError(f"a gateway before Meta lost the answer (HTTP {status})")
    told = str(code or status)
    if status == _TOO_MANY or code in RATE_LIMITED | VENDOR_FAULTS:
        return RetryLaterError(
            f"Meta cannot take it now (HTTP {status}, code {code})", after_s, told
        )
    if status == _UNAUTHORIZED or code in _NOT_LET_IN:
        return ConfigurationError(
            f"Meta does not let us in (HTTP {status}, code {code}); is META_ACCESS_TOKEN right?"
        )
    if status >= _FIRST_SERVER_ERROR:
        return RetryLaterError(
            f"Meta cannot take it now (HTTP {status}, code {code})", after_s, told
        )
    return RejectedError(
        f"Meta refused it (HTTP {status}, code {code})", code=None if code is None else str(code)
    )


def _later(status: int, code: str | None, after_s: float | None) -> RetryLaterError:
    reason = f"Meta cannot take it now (HTTP {status}, code {code})"
    return RetryLaterError(reason, after_s, code or str(status))


def _code_of(error: Mapping[str, Any]) -> int | None:
    code = error.get("code")
    return code if isinstance(code, int) else None
