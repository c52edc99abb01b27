"""Days of the week in folded text."""

_DAYS = (
    ("monday", "mon", "thu hai", "thu 2", "t2"),
    ("tuesday", "tues", "tue", "thu ba", "thu 3", "t3"),
    ("wednesday", "wed", "thu tu", "thu 4", "t4"),
    ("thursday", "thurs", "thur", "thu nam", "thu 5", "t5"),
    ("friday", "fri", "thu sau", "thu 6", "t6"),
    ("saturday", "thu bay", "thu 7", "t7"),
    ("sunday", "chu nhat", "cn"),
)
_NUMBERS = {name: number for number, names in enumerate(_DAYS) for name in names}
_EITHER = "|".join(sorted(_NUMBERS, key=len, reverse=True))

WEEKDAY = rf"(?:{_EITHER})(?:s|'s)?(?![a-z0-9])"
"""Pattern of a day's name."""


def weekday_of(written: str) -> int | None:
    """Return the number of a day, 0 for Monday; None for what names none."""
    name = written.strip()
    return _NUMBERS.get(name, _NUMBERS.get(name.removesuffix("'s").removesuffix("s")))
