"""A text as words, with what their looks and their company say about names."""

import re
import unicodedata
from dataclasses import dataclass

from core.places.keys import key
from core.places.words import ARTICLES, PLACE_CUES, THOUGHTS

# Scripts written without blanks: every character may begin or end a name.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_HANGUL = "\uac00-\ud7a3"  # particles cling to the names
_WORD = re.compile(rf"[{_UNSPACED}{_HANGUL}]|[^\W_{_UNSPACED}{_HANGUL}]+")
_JOINT = re.compile(r"[ \t\xa0]*[-\u2013][ \t\xa0]*|[ \t\xa0]+|['\u2019]|\.[ ]?|")
_ABBREVIATION = re.compile(r"(?i)tp|st|mt|dr|tx|q|[a-z]")
_SENTENCE_END = re.compile(r"[.!?:;\n\u2026\"\u201c(\[*\u2022|]\s*$")
# What follows a place that opens a message: "Hue 3 days", "Chile, 10 days", "Java tour".
_WISH = re.compile(
    r"\s*[,:;-]?\s*(?:(?:for|trong)\s+)?(?:\d|tours?\b|trips?\b|weekend|holidays?\b|packages?\b"
    r"|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:days?|nights?|weeks?|hours?)\b)",
    re.IGNORECASE,
)
# What leads to a place, or follows one, where little else could stand: "5 days Hampi", "Hampi:".
_LENGTH = re.compile(
    r"\d\s*-?\s*(?:days?|nights?|weeks?|hours?|ngày|đêm|tuần|tiếng|[dn])\s*[,:;-]?\s*$",
    re.IGNORECASE,
)
_PAUSE = re.compile(r"\s*(?:[,:;\u2013-]|$)")
_APOSTROPHES = "'\u2019"
_TITLE_SHARE = 0.7
_TITLE_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: as written.
        start: offset of its first character.
        end: offset after its last character.
        key: for comparison, see `core.places.keys`.
        joined: whether it may continue a name that the word before it began.
    """

    text: str
    start: int
    end: int
    key: str
    joined: bool


class Words:
    """The words of a text.

    Attributes:
        text: the text in Unicode NFC.
        words: its words in order.
        capitals_tell: whether a capital letter means anything here.
    """

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.words = self._split()
        letters = [char for char in self.text if char.isalpha()]
        shouted = bool(letters) and all(not char.islower() for char in letters if char.isascii())
        self.capitals_tell = not (shouted and any(char.isupper() for char in letters))
        capitals = sum(word.text[0].isupper() for word in self.words)
        self.is_title = len(self.words) >= _TITLE_LENGTH and capitals >= _TITLE_SHARE * len(
            self.words
        )

    def __len__(self) -> int:
        return len(self.words)

    def longest(self, first: int, limit: int) -> int:
        """Return the index after the last word, of at most *limit*, that can go with *first*."""
        last = first + 1
        while last < min(len(self), first + limit) and self.words[last].joined:
            last += 1
        return last

    def written(self, first: int, last: int) -> str:
        """Return the words from *first* up to before *last* as written."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def key(self, first: int, last: int) -> str:
        """Return the key of these words together."""
        return "".join(word.key for word in self.words[first:last])

    def is_capitalised(self, first: int, last: int) -> bool:
        """Tell whether every word but small ones between begins with a capital, where that tells.

        Scripts without capitals count as capitalised, and so does what follows an apostrophe.
        """
        if not self.capitals_tell:
            return not any(char.isascii() for char in self.written(first, last))
        ends = {first, last - 1}
        return all(
            not self.words[i].text[0].islower()
            or (i not in ends and len(self.words[i].text) < 4)
            or (i > first and self.text[self.words[i].start - 1] in _APOSTROPHES)
            for i in range(first, last)
        )

    def is_run_into(self, first: int, last: int) -> bool:
        """Tell whether the first word belongs to the sentence, not the name: "to Chau"."""
        word = self.words[first]
        leads = word.text.islower() and word.key in PLACE_CUES
        return leads and any(w.text[0].isupper() for w in self.words[first + 1 : last])

    def starts_sentence(self, first: int) -> bool:
        """Tell whether this word would have its capital in any case."""
        before = self.text[: self.words[first].start].rstrip(" \t")
        return not before or self.is_title or bool(_SENTENCE_END.search(before))

    def opens_wish(self, first: int, last: int) -> bool:
        """Tell whether these words open the text, and what they name is to be travelled to."""
        return first == 0 and _WISH.match(self.text, self.words[last - 1].end) is not None

    def opens_list(self, first: int, last: int) -> bool:
        """Tell whether these words open the text and a comma follows."""
        return first == 0 and self.text[self.words[last - 1].end :].startswith(",")

    def is_led_to(self, first: int) -> bool:
        """Tell whether a word before, such as "to" or "ở", shows that a place follows."""
        if first and self._before(first) == "the":
            first -= 1
        return self._before(first) in PLACE_CUES or self._is_thought_of(first)

    def _is_thought_of(self, first: int) -> bool:
        """Tell whether what stands before is "considering" or "thinking of"."""
        before = self._before(first)
        if before in THOUGHTS[""]:
            return True
        return self._before(first - 1) in THOUGHTS.get(before, ()) if before else False

    def is_asked_for(self, first: int, last: int) -> bool:
        """Tell whether these words stand where a wish names its place: first, or after a length."""
        before = self.text[: self.words[first].start].rstrip(" \t")
        if before and not _SENTENCE_END.search(before):
            return _LENGTH.search(before) is not None
        end = self.words[last - 1].end
        return any(pattern.match(self.text, end) for pattern in (_WISH, _PAUSE))

    def is_a_thing(self, first: int) -> bool:
        """Tell whether an article before shows that no name follows."""
        return self._before(first) in ARTICLES

    def _before(self, first: int) -> str:
        return self.words[first - 1].key if first and self.words[first].joined else ""

    def _split(self) -> list[Word]:
        words: list[Word] = []
        end = 0
        for match in _WORD.finditer(self.text):
            gap = self.text[end : match.start()]
            dotted = gap.startswith(".") and not (words and _ABBREVIATION.fullmatch(words[-1].text))
            joined = bool(words) and not dotted and _JOINT.fullmatch(gap) is not None
            words.append(Word(match[0], match.start(), match.end(), key(match[0]), joined))
            end = match.end()
        return words
