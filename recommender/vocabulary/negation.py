"""Whether a text refuses what it names, in English and in Vietnamese."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from recommender.vocabulary.concepts import ConceptMatch

_REACH = 6
"""So many words after "not" or "không" may stand before what is refused."""
_REACH_CHARACTERS = 80

# All patterns are in small letters and applied to texts in small letters: ignoring the case would
# cost `re` its quickest tests.
_VI_NOT = r"không|khong|ko|kh[oô]ng|hông|(?<!hoa )hong|chẳng|chả|đừng|chưa"
_CUE = re.compile(
    r"\b(?:no|not|non|zero|never|neither|nor|without|w/o|minus|cannot|\w+n['’]t"
    r"|(?:don|dont|doesnt|didnt|cant|wont|isnt|arent)"
    r"|exclud(?:e|es|ed|ing)|except(?:ing)?|excl|avoid(?:s|ed|ing)?|hat(?:e|es|ed)"
    r"|dislik(?:e|es|ed)|skip(?:ping)?|instead of|rather than|other than|apart from"
    r"|allergic to|intolerant (?:to|of)|sick of|tired of|afraid of|scared of|fear of"
    rf"|{_VI_NOT}|(?:ngoại )?trừ|ngoai tru|tránh|ghét|kiêng|miễn đi|dị ứng(?: với)?|di ung(?: voi)?"
    r"|sợ|ngán|thay vì|thay vi|loại trừ|bỏ qua)\b"
)
# What looks like a refusal and is none.
_NO_REFUSAL = re.compile(
    r"\b(?:(?:not|isn['’]t) (?:only|just|necessarily|limited)|no (?:problem|worries|doubt|thanks"
    r"|matter|limit)|(?:do not|don['’]?t|dont|wouldn['’]t|not) (?:mind|miss|forget)|why not"
    r"|(?:can['’]?t|cannot|can not|couldn['’]t) (?:wait|miss|live without|do without)"
    r"|(?:không|khong|ko|chẳng) (?:chỉ|chi|những|nhung|ngại|ngai|gian|khí|khi|thể thiếu|the thieu"
    r"|thể bỏ lỡ|the bo lo|thể bỏ qua|the bo qua|nên bỏ qua|nen bo qua|sao)"
    r"|(?:not|never|\w+n['’]t) (?:at all )?(?:scared|afraid|tired|sick) of"
    r"|(?:không|khong|ko|chẳng|hông) (?:sợ|ngán)"
    r"|(?:hàng|hang) (?:không|khong)"
    r"|(?:đừng|dung) (?:quên|quen|bỏ lỡ|bo lo|bỏ qua|bo qua)|(?:ăn|an) no|chưa (?:từng|bao giờ))\b"
)
_CLAUSE_END = re.compile(
    r"[.,;:!?…()\[\]\n•|]|\s[-–—]\s"
    r"|\b(?:but|however|though|although|because|since|i|we|please|prefer|rather|only"
    r"|nhưng|nhung|mà|tôi|toi|mình|minh|em|vì|chỉ|thay vào đó)\b"
)
_BEHIND = re.compile(
    r"\s*(?:[:(–—-]\s*)?(?:(?:is|are|was|were|will be) )?"
    r"(?:not (?:included|provided|available|allowed|possible|needed|necessary|covered|required)"
    r"|(?:-| )free|allergy|allergies|intolerance|excluded|at (?:your )?own (?:expense|cost)"
    r"|(?:for|at) (?:an )?extra (?:charge|cost|fee)"
    r"|(?:không|chưa|khong|chua) (?:bao gồm|bao gom|gồm|kèm|có sẵn)|tự túc|tu tuc"
    r"|(?:tự|tu) (?:chi trả|chi tra|thanh toán|thanh toan))\b"
)
_OR = re.compile(r"\s*(?:,\s*\w+\s*){0,2},?\s*(?:or|nor|hoặc|hoac|hay|/)\s+(?:any )?")
_AND = re.compile(r"\s*,?\s*(?:and|và|va|cũng như|&)\s+(?:any )?")
_COMMA = re.compile(r"\s*,\s*")
_EXCLUSIONS = re.compile(
    r"\b(?:not included?|(?:does not|doesn['’]t) include|exclud(?:es|ed|ing)|exclusions?"
    r"|(?:không|chưa|khong|chua) (?:bao gồm|bao gom|gồm|gom))\b[^:\n.;]{0,20}[:\n]"
)
_SECTION_END = re.compile(
    r"\n\s*\n|\b(?:inclu(?:des?|ded|ding|sions?)|highlights?|itinerary|(?:giá )?(?:tour )?bao gồm"
    r"|bao gom|lịch trình|lich trinh)\b[^:\n.;]{0,20}[:\n]"
)


def refused(text: str, matches: Sequence[ConceptMatch]) -> list[bool]:
    """Tell for each of *matches*, which are in the order of *text*, whether it is refused.

    Args:
        text: the text in NFC.
        matches: what was found in it.

    Returns:
        One truth value per match.
    """
    if not matches:
        return []
    text = _lower(text)
    sections = _excluded_sections(text)
    cues = [cue.start() for cue in _CUE.finditer(text)]
    ends = sorted(match.end for match in matches)
    verdicts: list[bool] = []
    for index, match in enumerate(matches):
        excluded = any(start <= match.start < end for start, end in sections)
        verdicts.append(
            excluded
            or _BEHIND.match(text, match.end) is not None
            or _refused_before(text, match.start, ends, cues)
            or _listed_after_refusal(text, matches, index, verdicts)
        )
    return verdicts


def _lower(text: str) -> str:
    """Return *text* in small letters and of the same length."""
    return text.replace("İ", "I").lower()


def _excluded_sections(text: str) -> list[tuple[int, int]]:
    sections = []
    for heading in _EXCLUSIONS.finditer(text):
        end = _SECTION_END.search(text, heading.end())
        sections.append((heading.end(), end.start() if end else len(text)))
    return sections


def _refused_before(text: str, start: int, ends: Sequence[int], cues: Sequence[int]) -> bool:
    """Tell whether the words before *start*, back to the last match's end, refuse it."""
    earlier = bisect_right(ends, start)
    behind = max(ends[earlier - 1] if earlier else 0, start - _REACH_CHARACTERS)
    if bisect_left(cues, behind) == bisect_left(cues, start):
        return False
    words = text[behind:start].split(" ")
    return _ends_in_refusal(" ".join(words[-_REACH - 1 :]))


def _ends_in_refusal(clause: str) -> bool:
    """Tell whether the words right before something refuse it."""
    clause = _NO_REFUSAL.sub(" ", clause)
    cues = list(_CUE.finditer(clause))
    return bool(cues) and _CLAUSE_END.search(clause, cues[-1].end()) is None


def _listed_after_refusal(
    text: str, matches: Sequence[ConceptMatch], index: int, verdicts: Sequence[bool]
) -> bool:
    """Tell whether a match goes on a list that was refused: "no pork, beef or seafood"."""
    before = _previous(matches, index)
    if before is None:
        return False
    previous, match = matches[before], matches[index]
    if previous.concept.criterion is not match.concept.criterion:
        return False
    gap = text[previous.end : match.start]
    if not verdicts[before]:  # "no pork" is a wish in itself, yet begins such a list
        return (
            _OR.fullmatch(gap) is not None
            and _CUE.match(text, previous.start, previous.end) is not None
        )
    return _joined(gap) or (
        _COMMA.fullmatch(gap) is not None and _list_closes(text, matches, index)
    )


def _joined(gap: str) -> bool:
    return _OR.fullmatch(gap) is not None or _AND.fullmatch(gap) is not None


def _list_closes(text: str, matches: Sequence[ConceptMatch], index: int) -> bool:
    """Tell whether the commas behind a match lead to an "or": then it is one list."""
    for before, after in zip(matches[index:], matches[index + 1 :], strict=False):
        gap = text[before.end : after.start]
        if _joined(gap):
            return True
        if not _COMMA.fullmatch(gap):
            return False
    return False


def _previous(matches: Sequence[ConceptMatch], index: int) -> int | None:
    start = matches[index].start
    return next((i for i in range(index - 1, -1, -1) if matches[i].end <= start), None)
