"""How long a provider asks us to wait."""

import email.utils
import re
from datetime import UTC, datetime


def seconds(value: str) -> float | None:
    """Read a ``Retry-After`` header: seconds, or a date; None where it can be read as neither."""
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
