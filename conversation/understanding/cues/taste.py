"""Messages that steer what is recommended: more like one tour, taking back, forgetting."""

from conversation.understanding.cues.patterns import any_of

_MEANT = r"(?:#?\s?\d|number|no\b|the|this|that|it\b|tour|trip|option|these|those)"
_POLITE = r"(?:\W+(?:please|pls|nhe|nha|di|a|giup|cho|toi|minh|em|nao))*\W*$"

MORE_LIKE = any_of(
    (
        r"\b(?:more|others?|another|some(?:thing)?|any(?:thing)?|tours?|trips?|ones?|options?)"
        rf"(?: (?:more|else|tours?|trips?|ones?|options?))? (?:(?:just )?like|similar to) {_MEANT}"
    ),
    rf"^\W*(?:similar to|just like) {_MEANT}",
    r"\bsimilar (?:tours?|trips?|ones?|options?)\b",
    r"\b(?:tours?|trips?|ones?|options?) (?:that are )?similar\b",
    r"\b(?:giong|tuong tu|gan giong|kieu) (?:nhu |voi )*(?:cai|tour|so|chuyen|goi)\b",
    r"\b(?:tour|cai|chuyen|goi)(?: (?:nao|khac))* (?:tuong tu|giong (?:vay|the|nhu vay|nhu the))\b",
)
UNDO = any_of(
    rf"^\W*(?:please |pls )?undo(?: (?:that|it|this|the last(?: one)?))?{_POLITE}",
    rf"^\W*(?:please |pls )?(?:take|i take) (?:that|it) back{_POLITE}",
    r"^\W*(?:hoan tac|rut lai|lay lai y kien)(?: (?:di|lai|cai|dieu|y kien|vua|roi|truoc))*"
    rf"{_POLITE}",
)
FORGET = any_of(
    r"\bforget\b.{0,12}\b(?:what(?:ever)?|everything|all|things?)(?: that)? you"
    r"(?:'ve| have)? (?:learn\w*|picked up|worked out)\b",
    r"\bforget (?:my|all my) (?:likes?|dislikes?|feedback|thumbs|reactions?|tastes?)\b",
    r"\b(?:quen|xoa|bo)(?: (?:het|di|tat ca))* (?:nhung gi|nhung dieu|moi dieu|dieu)"
    r"(?: (?:ban|em|bot|da|minh|toi|ve))* (?:hoc|rut ra|biet duoc)\b",
)
