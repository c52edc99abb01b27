"""Errors named after what the caller must do about them."""


class TravelBuddyError(Exception):
    """Base of every error that Travel Buddy raises on purpose.

    Attributes:
        http_status: the status with which an HTTP endpoint answers it.
        message: one line that the person who caused it can act on.
    """

    http_status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(TravelBuddyError):
    """Correct the input and try again."""

    http_status = 422


class NotFoundError(TravelBuddyError):
    """Ask for something that exists."""

    http_status = 404


class ForbiddenError(TravelBuddyError):
    """Prove who you are; trying again with the same proof will not help."""

    http_status = 403


class ConfigurationError(TravelBuddyError):
    """Correct the settings or the installation, then start again."""

    http_status = 503


class RetryLaterError(TravelBuddyError):
    """Try again, not before `after_s` seconds from now where the other side said so.

    Attributes:
        after_s: how long to wait at least, in seconds.
        code: the other side's own error code, where it gave one.
    """

    http_status = 503

    def __init__(self, message: str, after_s: float | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s
        self.code = code


class SlowDownError(RetryLaterError):
    """Ask less often: a limit has been reached."""

    http_status = 429


class SignInNeededError(TravelBuddyError):
    """Sign in first."""

    http_status = 401


class OutcomeUnknownError(TravelBuddyError):
    """Find out what happened before trying again: the other side may have acted."""

    http_status = 503


class RejectedError(TravelBuddyError):
    """Do not try again as it is: the other side refused for good.

    Attributes:
        code: the other side's own error code, where it gave one.
    """

    http_status = 502

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
