"""What was wrong with an input, in one line that the person who gave it can act on."""

from pydantic import ValidationError

_PYDANTIC_PREFIXES = ("Value error, ", "Assertion failed, ")


def faults(error: ValidationError, most: int = 3, whole: str = "not valid") -> str:
    """Name the faulty fields and what is wrong with each.

    Args:
        error: what pydantic found.
        most: how many faults to name.
        whole: what to call a fault of the input as a whole.
    """
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or whole}: {_plain(fault['msg'])}"
        for fault in error.errors(include_url=False)[:most]
    )


def _plain(message: str) -> str:
    for prefix in _PYDANTIC_PREFIXES:
        message = message.removeprefix(prefix)
    return message
