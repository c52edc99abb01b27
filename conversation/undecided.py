"""Travellers who do not know, or do not mind: in words of either language."""

import re

from core.text import fold

_UNDECIDED = re.compile(
    r"\b(?:(?:i (?:really )?)?(?:do ?n.?t|do not|dunno|no) (?:really )?(?:know|idea|sure|clue)"
    r"|dunno|not (?:really )?sure(?: yet)?|no idea|idk|undecided|surprise me|you (?:choose|decide)"
    r"|help me (?:choose|decide)|what (?:do|would) you (?:suggest|recommend)"
    r"|(?:chua|khong|ko|k|hong|hok) (?:biet|ro|nghi ra|quyet dinh)|phan van|tuy (?:ban|em|shop|ad)"
    r"|goi y giup|tu van giup|nen di dau)\b"
)
_SKIPS = re.compile(
    r"(?:skip(?: (?:this|it|that))?|next|pass|any(?:thing|where|time|one)?|any \w+|no matter"
    r"|whatever"
    r"|(?:it )?does ?n.?t matter|(?:i )?do ?n.?t (?:mind|care)|no preference|nothing(?: special)?"
    r"|all|either|flexible|open|none|bo qua|qua|tiep|tiep theo|(?:\w+ ){0,2}(?:nao|gi|dau) cung "
    r"(?:duoc|dc|ok|oke)|sao cung duoc|tuy|khong quan trong|k quan trong|ko quan trong|linh hoat"
    r"|khong co gi|gi cung duoc|dau cung duoc)(?: (?:please|thanks|a|nhe|nha|di|ban))*"
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def is_undecided(text: str) -> bool:
    """Tell whether a message says that the traveller does not know what to wish for."""
    return _UNDECIDED.search(_bare(text)) is not None


def skips(text: str) -> bool:
    """Tell whether a message, as a whole, leaves the question before it open."""
    bare = _bare(text)
    return _SKIPS.fullmatch(bare) is not None or _UNDECIDED.search(bare) is not None


def _bare(text: str) -> str:
    return _EDGES.sub("", fold(text).replace("’", "'"))
