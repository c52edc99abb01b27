"""Who a message is from or to: a phone number, or the opaque id of a user without one."""

from __future__ import annotations

import re

PREFIX = "whatsapp:"
# WhatsApp users may hide their number; the platform then names them by country and opaque id.
_IDENTITY = re.compile(r"\+[1-9]\d{6,14}|[A-Z]{2}\.[0-9A-Za-z]{4,128}")


def is_identity(value: str) -> bool:
    """Whether this is an E.164 number or a business-scoped user id."""
    return bool(_IDENTITY.fullmatch(value)) and value.isascii()


def identity_of(address: str) -> str | None:
    """The number or id within a ``whatsapp:`` address, or None when it is not a legal one."""
    if not address.startswith(PREFIX):
        return None
    identity = address.removeprefix(PREFIX).strip()
    return identity if is_identity(identity) else None


def normalised(typed: str) -> str | None:
    """The identity that a person typed, or None.

    A plus sign in a query string arrives as a space, and people leave it out altogether.
    """
    compact = re.sub(r"[\s()-]", "", typed.removeprefix(PREFIX))
    candidate = f"+{compact}" if compact.isdigit() else compact
    return candidate if is_identity(candidate) else None


def whatsapp_id(identity: str) -> str | None:
    """The ``WaId`` of a phone number (digits only); None for a user without a number."""
    return identity.removeprefix("+") if identity.startswith("+") else None


def masked(identity: str) -> str:
    """The identity with its last four characters hidden, as ``ChannelToAddress`` shows it."""
    return f"{identity[:-4]}XXXX"
