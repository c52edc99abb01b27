"""What Twilio's refusals mean to us, as errors named after what to do about them."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
import urllib3.exceptions
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from core.errors import (
    ConfigurationError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
    TravelBuddyError,
)

RATE_LIMITED = frozenset({20429, 63018})
VENDOR_FAULTS = frozenset({63009, 63010, 63012, 63023})
UNKNOWN_CONTENT = frozenset({"20404", "21655"})

_BAD_GATEWAY = frozenset({502, 504})
_FIRST_SERVER_ERROR = 500
_UNAUTHORIZED = 401
_NOT_AUTHENTICATED = 20003
_SENSELESS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_NEVER_CONNECTED = (
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
)


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn whatever the SDK raises inside the block into one of our errors.

    Raises:
        RetryLaterError: the request was not carried out, and may be tried again.
        RejectedError: the request was refused for good.
        OutcomeUnknownError: the request may have been carried out.
        ConfigurationError: the account's credentials do not do.
    """
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise refusal(int(error.status), int(error.code or 0)) from None
    except requests.RequestException as error:
        raise _lost_connection(error) from None
    except (TwilioException, *_SENSELESS) as error:
        # An answer that cannot be read says nothing about what was done.
        raise OutcomeUnknownError(
            f"Twilio's answer made no sense: {type(error).__name__}"
        ) from None


@contextmanager
def asking() -> Iterator[None]:
    """As `our_errors`, for a request that changes nothing, or nothing that must not happen twice.

    Raises:
        RetryLaterError: it may be tried again, whatever became of it.
        RejectedError: the request was refused for good.
    """
    try:
        with our_errors():
            yield
    except OutcomeUnknownError as error:
        raise RetryLaterError(error.message) from error


def refusal(status: int, code: int) -> TravelBuddyError:
    """Return the error for an HTTP *status* with Twilio's own *code* (0 where it sent none)."""
    if status in _BAD_GATEWAY:
        return OutcomeUnknownError(f"a gateway before Twilio lost the answer (HTTP {status})")
    if status >= _FIRST_SERVER_ERROR or code in RATE_LIMITED | VENDOR_FAULTS:
        return RetryLaterError(
            f"Twilio cannot take it now (HTTP {status}, code {code})", code=str(code or status)
        )
    if status == _UNAUTHORIZED or code == _NOT_AUTHENTICATED:
        return ConfigurationError(
            "Twilio does not let us in; are TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN right?"
        )
    return RejectedError(f"Twilio refused it (HTTP {status}, code {code})", code=str(code))


def _lost_connection(error: requests.RequestException) -> TravelBuddyError:
    """Tell a request that never left from one whose answer is missing."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, _NEVER_CONNECTED):
        return RetryLaterError("Twilio cannot be reached")
    return OutcomeUnknownError(f"Twilio did not answer: {type(error).__name__}")
