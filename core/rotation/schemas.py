"""What a rotation found and did."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Encrypted values of a table, counted.

    Attributes:
        current: had the newest key already.
        renewed: had an older one, and have the newest now.
        unreadable: none of the configured keys opens them; they were left alone.
    """

    current: int = 0
    renewed: int = 0
    unreadable: int = 0
