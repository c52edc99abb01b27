"""What no longer matters to a traveller: "any budget", "ngày nào cũng được"."""

import re

_NO_MATTER = (
    r"(?:(?:is|are|does|do)(?:n'?t| not)? ?(?:not )?(?:matter|important|relevant"
    r"|an? (?:issue|problem|concern)|no (?:issue|problem|object|concern)|flexible|open|up to you"
    r"|whatever|any)"
    r"|doesn'?t matter|don'?t matter|not important|no (?:issue|problem|object)|flexible|whatever)"
)
_CARELESS = (
    r"(?:i |we )?(?:do not|don'?t|dont) (?:really )?(?:care|mind)(?: about)?(?: the| how)?"
    r"|(?:does not|doesn'?t|doesnt) matter(?: how| where| when)?|no matter|regardless of(?: the)?"
    r"|forget(?: about)?(?: the)?|ignore(?: the)?|drop(?: the)?|remove(?: the)?|never mind(?: the)?"
    r"|any|no(?= (?:limit|preference))|no (?:limit|preference) (?:on|for|of)(?: the)?"
    r"|not fussed about(?: the)?"
)
_CARELESS_VI = (
    r"(?:khong|ko|k|hong|chang) (?:quan trong|can|ban tam|quan tam|gioi han|thanh van de)"
    r"(?: ve| den| may)?(?: cai)?|bo(?: qua)?|khoi(?: can)?(?: xet)?"
)
_NO_MATTER_VI = (
    r"(?:(?:the )?(?:nao|gi|sao|may|bao nhieu|dau) (?:cung|cx|cug) (?:duoc|dc|ok|oke|on)"
    r"|(?:thi )?(?:cung|cx) (?:duoc|dc)|tuy(?: ban| y)?|thoai mai|linh hoat"
    r"|(?:la )?(?:khong|ko|k|hong) (?:quan trong|thanh van de|gioi han|can|sao))"
)
_NAMES: dict[str, tuple[str, str]] = {
    "budget": (
        r"(?:budget|price|prices|cost|money|expense|much it costs|expensive)",
        r"(?:ngan sach|gia(?: ca| tien)?|tien(?: bac| nong)?|chi phi|kinh phi)",
    ),
    "duration": (
        r"(?:length|duration|number of (?:days|nights)|how (?:long|many days)|long)",
        r"(?:so ngay|thoi luong|(?:di )?may ngay|bao nhieu ngay|(?:di )?bao lau)",
    ),
    "dates": (
        r"(?:dates?|days?(?! trip)|time|times|month|when(?: we go)?)",
        r"(?:(?<!may )(?<!nhieu )ngay(?: di)?|thoi gian|thang|luc nao|khi nao|hom)",
    ),
    "locations": (
        r"(?:place|places|location|destination|where(?: we go)?|anywhere|region)",
        r"(?:dia diem|noi|cho|diem den|(?:di )?dau)",
    ),
    "transportation": (r"(?:transport(?:ation)?)", r"(?:phuong tien|di (?:lai|bang)(?: gi)?|xe)"),
    "food": (r"(?:food|meals?|diet)", r"(?:an uong|do an|mon an|an)"),
    "activities": (r"(?:activit(?:y|ies)|things to do)", r"(?:hoat dong|choi(?: gi)?)"),
    "accommodation": (
        r"(?:hotels?|accommodation|lodging|stars?)",
        r"(?:khach san|cho o|noi o|so sao)",
    ),
}
_EVEN_SO = {
    "locations": r"\b(?:anywhere|any ?place|wherever)(?: is| works| will do|'s)?(?: fine| ok"
    r"| good)?\b"
    r"(?! (?:but|near|in|around|close|with|warm|by|else|not))|\b(?:dau cung (?:duoc|dc|ok))",
    "budget": r"\bmoney is no (?:object|issue|problem)\b"
    r"|\bbao nhieu (?:tien )?cung (?:duoc|dc|ok)\b"
    r"|\bprice no (?:bar|problem|issue)\b|\bsky is the limit\b|\bno budget(?: limit)?\b"
    r"|\bunlimited budget\b",
    "dates": r"\b(?:any ?time|whenever)(?: is| works)?\b"
    r"|\b(?:luc|khi|hom) nao cung (?:duoc|dc|ok)\b",
    "duration": r"\bhowever long\b|\bbao lau cung (?:duoc|dc|ok)\b",
}


def _pattern(english: str, vietnamese: str, name: str) -> re.Pattern[str]:
    found = [
        rf"\b(?:my |the |our )?{english} (?:really )?{_NO_MATTER}\b",
        rf"\b(?:{_CARELESS}) (?:about |the |my |our |what |which |how )*{english}\b",
        rf"\b{vietnamese} {_NO_MATTER_VI}\b",
        rf"\b(?:{_CARELESS_VI}) {vietnamese}\b",
    ]
    if name in _EVEN_SO:
        found.append(_EVEN_SO[name])
    return re.compile("|".join(found))


_DROPS = {name: _pattern(*words, name) for name, words in _NAMES.items()}
_REFUSES = re.compile(r"\b(?:any|drop|remove|bo(?: qua)?|forget) (?:day|place|hotels?|cho|xe|an)\b")


def find_drops(plain: str) -> tuple[str, ...]:
    """Return the criteria that folded text says do not matter, by their names in `Interests`.

    Dates, which are no criterion, are named ``dates``.
    """
    told = _REFUSES.sub(" ", plain)
    return tuple(name for name, pattern in _DROPS.items() if pattern.search(told))
