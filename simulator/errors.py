"""Refusals, in the words and numbers that Twilio uses."""

from __future__ import annotations

from typing import Any


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
        self.message = message
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
        self.message = message


def not_found(path: str) -> ApiError:
    """The refusal for a resource that does not exist (or no longer)."""
    return ApiError(404, 20404, f"The requested resource {path} was not found")


FAILURES: dict[int, str] = {
    63016: "Failed to send freeform message because you are outside the allowed window. "
    "Use an approved template.",
    63021: "Channel invalid content error",
}
"""Reasons for a message to fail after it was accepted, by Twilio's error number."""
