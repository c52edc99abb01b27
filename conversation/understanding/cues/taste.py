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
SHOW_SAVED = any_of(
    r"(?<!to )(?<!on )(?<!in )(?<!into )\b(?:my|the|show|see|view|list|open)\b.{0,12}"
    r"\b(?:saved|bookmarked|favou?rites?|wish ?list"
    r"|bookmarks?|short ?list)\b(?! (?:for|me))",
    r"\b(?:what|which|ones?|tours?|trips?)\b.{0,15}\b(?:i|we)(?:'ve| have)? (?:saved|bookmarked"
    r"|kept)\b",
    r"\b(?:what|which)(?: \w+){0,2} (?:have|did) i (?:saved?|bookmark(?:ed)?|keep|kept)\b",
    r"^\W*(?:saved|favou?rites?|bookmarks)(?: (?:tours?|trips?|ones?|list))?\W*$",
    r"(?<!vao )\b(?:tour|cai|chuyen|danh sach|muc)s?\b(?: (?!vao)\w+){0,3} (?:da|vua|hoi nay"
    r"|tung)(?: \w+){0,2} (?:luu|danh dau)\b",
    r"(?<!vao )\b(?:tour|danh sach|muc) (?:da )?(?:luu|yeu thich|danh dau)\b(?!.{0,3}\d)",
    r"\b(?:da|minh|em|toi) (?:da )?luu (?:nhung |cac |may )?(?:gi|tour nao|cai nao)\b",
)
SAVE = any_of(
    rf"\b(?:save|bookmark|shortlist|keep|remember|store)\b.{{0,12}}{_MEANT}",
    r"\b(?:save|bookmark|shortlist)(?: (?:for later|please|pls))*\W*$",
    r"\b(?:add|put)\b.{0,20}\b(?:to|on|in|into) (?:my |the )?(?:favou?rites?|wish ?list|list"
    r"|short ?list|saved)\b",
    r"\bkeep\b.{0,15}\b(?:for (?:me|later)|in mind)\b",
    r"\b(?:luu|danh dau)(?: (?:lai|giup|ho|cho|minh|em|toi|chi|anh|gium|dum))*"
    r"(?: (?:tour|cai|so|chuyen|goi|di|nha"
    r"|nhe|a|de)\b|\W*$)",
    r"\b(?:cho|them|bo|dua)\b.{0,15}\bvao (?:danh sach|muc|list)\b",
    r"\b(?:giu|de danh)(?: lai)? (?:tour|cai|so|chuyen)\b(?!.*\bcho ngoi\b)",
)
FORGET = any_of(
    r"\bforget\b.{0,12}\b(?:what(?:ever)?|everything|all|things?)(?: that)? you"
    r"(?:'ve| have)? (?:learn\w*|picked up|worked out)\b",
    r"\bforget (?:my|all my) (?:likes?|dislikes?|feedback|thumbs|reactions?|tastes?)\b",
    r"\b(?:quen|xoa|bo)(?: (?:het|di|tat ca))* (?:nhung gi|nhung dieu|moi dieu|dieu)"
    r"(?: (?:ban|em|bot|da|minh|toi|ve))* (?:hoc|rut ra|biet duoc)\b",
)
