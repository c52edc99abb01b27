"""Refusals, in the words and numbers that Twilio uses."""

from __future__ import annotations

from typing import Any


def _one_line(message: str) -> str:
    """A message that may repeat what was asked for, without the line ends that came with it."""
    return " ".join(message.split())


class ApiError(Exception):
    """A request that Twilio would refuse at once.

    Attributes:
        status: The HTTP status.
        code: Twilio's error number.
        message: One line for whoever reads the client's log.
        retry_after: Seconds for a ``Retry-After`` header, or None for no header.
    """

    def __init__(
        self, status: int, code: int, message: str, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = _one_line(message)
        self.retry_after = retry_after

    def payload(self) -> dict[str, Any]:
        """Twilio's error document."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class ControlError(Exception):
    """A request to the simulator's own control API that cannot be carried out.

    Attributes:
        status: The HTTP status.
        message: One line that says what to do instead.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = _one_line(message)


def not_found(path: str) -> ApiError:
    """The refusal for a resource that does not exist (or no longer)."""
    return ApiError(404, 20404, f"The requested resource {path} was not found")


FAILURES: dict[int, str] = {
    30001: "Queue overflow",
    30008: "Unknown error",
    63001: "Channel could not authenticate the request",
    63003: "Channel could not find To address",
    63005: "Channel did not accept given content",
    63009: "Channel provider returned an error when executing the requested action",
    63010: "Channels - Twilio Internal error",
    63012: "Channel provider returned an internal service error",
    63013: "Channel policy violation",
    63016: "Failed to send freeform message because you are outside the allowed window. "
    "Use an approved template.",
    63018: "Rate limit exceeded for Channel",
    63019: "Media failed to download",
    63020: "Twilio encountered a Business Manager account error",
    63021: "Channel invalid content error",
    63022: "Invalid vname certificate",
    63023: "Channel generic error",
    63024: "Invalid message recipient",
    63025: "Media already exists",
    63027: "Template does not exist for a language and locale",
    63028: "Number of parameters provided does not match the expected number of parameters",
    63029: "The receiver failed to download the template",
    63030: "Unsupported parameter for type of channel message",
    63032: "This message could not be sent to this user because of a limit of WhatsApp",
    63033: "Recipient blocked to receive message",
    63040: "Template rejected",
    63041: "Template paused",
    63042: "Template disabled",
    63049: "Meta chose not to deliver this marketing message",
    63051: "WhatsApp Business Account is locked",
}
"""Reasons for a message to fail after it was accepted, by Twilio's error number."""

# Told by the person's side, after the message had left: undelivered rather than failed.
UNDELIVERED = frozenset({63003, 63024, 63032, 63033, 63049})


def words_for(code: int) -> str:
    """What Twilio says to an error number."""
    return FAILURES.get(code, "Simulated failure")
