"""Whether a webhook really comes from Twilio."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from core.errors import ForbiddenError, InvalidInputError, NotFoundError
from core.settings import settings

HEADER = "X-Twilio-Signature"

_MOST_FIELDS = 200

Form = ImmutableMultiDict[str, str]


def parse_form(body: bytes) -> Form:
    """Read a URL-encoded form, blank fields included: the signature covers them.

    Raises:
        InvalidInputError: it is no such form, or one that is too long.
    """
    try:
        text = body.decode("utf-8")
        pairs: Sequence[tuple[str, str]] = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise InvalidInputError("the form cannot be read") from None
    return ImmutableMultiDict(pairs)


def verify(path: str, query: str, form: Form, signature: str | None) -> None:
    """Make sure that Twilio signed *form* for our public address.

    The address comes from the settings, never from the request: behind a proxy the request's
    own idea of scheme, host and port is wrong.

    Args:
        path: the request's path, as called.
        query: its query string, without the question mark.
        form: every field of the body.
        signature: the request's signature header.

    Raises:
        NotFoundError: no token is configured, so that nothing can be verified.
        ForbiddenError: the signature is missing or wrong.
    """
    token = settings().twilio_auth_token
    if token is None or not token.get_secret_value():
        raise NotFoundError("this webhook is off: TWILIO_AUTH_TOKEN is not set")
    if not signature:
        raise ForbiddenError(f"the request carries no {HEADER}")
    url = f"{settings().public_base_url}{path}" + (f"?{query}" if query else "")
    if not RequestValidator(token.get_secret_value()).validate(url, form, signature):
        raise ForbiddenError(f"{HEADER} does not fit; is PUBLIC_BASE_URL what Twilio calls?")
