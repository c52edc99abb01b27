"""How the patterns of the cues are put together."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return a pattern that finds whatever one of *patterns* finds."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
