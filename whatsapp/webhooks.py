"""What the providers' webhooks have in common: how much may come, and what is said to the rest."""

from fastapi import Request

from core.errors import InvalidInputError


class UnsupportedFormError(InvalidInputError):
    """Send what the webhook takes."""

    http_status = 415


class TooLargeError(InvalidInputError):
    """Send less."""

    http_status = 413


class MalformedError(InvalidInputError):
    """Correct the body."""

    http_status = 400


def insist_on(request: Request, content_type: str) -> None:
    """Make sure that *request* says it brings *content_type*.

    Raises:
        UnsupportedFormError: it says something else.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != content_type:
        raise UnsupportedFormError(f"send {content_type}")


async def limited_body(request: Request, most_bytes: int) -> bytes:
    """Return the body, read no further than *most_bytes*.

    Raises:
        TooLargeError: it is longer.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise TooLargeError(f"a webhook's body holds {most_bytes} bytes")
    return bytes(body)
