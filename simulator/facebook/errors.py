"""Refusals in the shape of Facebook's Graph API."""

from __future__ import annotations

import secrets
from typing import Any


class GraphError(Exception):
    """A request that the Graph would refuse.

    Attributes:
        message: One line for whoever reads the client's log.
        code: Facebook's error number: 100 a wrong parameter, 190 a bad access token, …
        subcode: Facebook's finer number, or None.
        kind: Facebook's ``type``.
        status: The HTTP status.
    """

    def __init__(
        self,
        message: str,
        code: int = 100,
        *,
        subcode: int | None = None,
        kind: str = "OAuthException",
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.subcode = subcode
        self.kind = kind
        self.status = status

    def payload(self) -> dict[str, Any]:
        """Facebook's error document."""
        finer = {} if self.subcode is None else {"error_subcode": self.subcode}
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "code": self.code,
                **finer,
                "fbtrace_id": secrets.token_urlsafe(8),
            }
        }


class DialogError(Exception):
    """A login dialog that cannot be shown, and from which nobody may be sent back.

    Attributes:
        title: What is wrong, in a few words.
        message: What the developer should change.
    """

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title = title
        self.message = message
