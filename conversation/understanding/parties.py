"""For how many people a trip is, and whether a price is for all of them."""

import re

from conversation.understanding.budgets import Price
from conversation.understanding.numbers import NUMBER, value
from conversation.understanding.reading import Reading

MOST_PEOPLE = 500

_PEOPLE = (
    r"(?:people|ppl|peeps|persons?|pax|adults?|guests?|travell?ers?|friends|mates|buddies|folks"
    r"|colleagues|members|girls|guys|women|men|seniors|nguoi(?: lon)?|khach|ban|dua|mang"
    r"|thanh vien)"
)
_KIDS = r"(?:kids?|child(?:ren)?|bab(?:y|ies)|teen(?:ager)?s?|tre(?: em| nho)?|be|chau)"
_COUNTED = re.compile(rf"(?<![\w.,])(?P<count>{NUMBER})\s*(?P<kind>{_PEOPLE}|{_KIDS})\b(?! roi)")
_GROUP = re.compile(
    r"\b(?:famil(?:y|ies)|group|party|team|gia dinh|(?:nhom|hoi|doan)(?: ban(?: be)?)?"
    r"|nha(?: minh| toi| em)?|ca nha)"
    rf"\s*(?:of|gom|co|:)?\s*(?P<count>{NUMBER})\b(?!\s*nguoi lon)(?:\s*(?:people|persons|pax"
    rf"|nguoi|dua|mang))?\b(?!\s*(?:day|ngay))"
)
_OF_US = re.compile(
    rf"\b(?:the\s+)?(?P<count>{NUMBER}) of us\b|\b(?:cho|for)\s+(?P<bare>two|three|four|five|six)\b"
    r"(?!\s*(?:days?|nights?|weeks?|hours?|people|adults?|persons?|kids?|months?))"
)
_BOTH = re.compile(
    r"\b(?:couple(?! of)|both of us|for us both|vo chong|cap doi|hai dua|hai vo chong)\b"
)
_TOTAL = re.compile(
    r"\b(?:in total|total|altogether|all together|in all|for all(?: of us)?|tong(?: cong)?|tat ca"
    r"|ca nhom|ca doan|ca nha|ca gia dinh|for everyone)\b"
)
_ATTACHED = re.compile(
    r"\s*(?:in )?(?:total\s*)?(?:for|/|cho|danh cho)\s*(?:(?:all|ca|the|our)\s+)*$"
)


def party_size(reading: Reading) -> int | None:
    """Return how many people travel, where the message says so, and use those words up."""
    for pattern in (_GROUP, _OF_US):
        match = pattern.search(reading.plain)
        if match:
            return _take(reading, match, _count(match.groupdict()))
    people = 0
    while (match := _COUNTED.search(reading.plain)) is not None:
        people += _count(match.groupdict())
        reading.take(match.span("count"))
    if people:
        return people if people <= MOST_PEOPLE else None
    return 2 if _BOTH.search(reading.plain) else None


def is_for_all(price: Price, plain: str) -> bool:
    """Tell whether a price covers the whole party: "800 USD for 2 people", "tổng cộng 20 triệu".

    Args:
        price: a price of the message.
        plain: the message's folded text before its prices were used up.
    """
    if price.per_person:
        return False
    before, behind = plain[max(0, price.span[0] - 25) : price.span[0]], plain[price.end :][:40]
    if _TOTAL.search(before) or _TOTAL.search(behind):
        return True
    for pattern in (_COUNTED, _GROUP, _OF_US, _BOTH):
        match = pattern.search(behind)
        if match and _ATTACHED.fullmatch(behind[: match.start()] + _lead(match)):
            return True
    return False


def _lead(match: re.Match[str]) -> str:
    """Return the "for" that a pattern has swallowed itself."""
    return "for" if match.group().startswith(("for", "cho")) else ""


def _count(groups: dict[str, str | None]) -> int:
    return int(value(groups.get("count") or groups.get("bare") or "0") or 0)


def _take(reading: Reading, match: re.Match[str], count: int) -> int | None:
    reading.take(match.span())
    return count if 0 < count <= MOST_PEOPLE else None
