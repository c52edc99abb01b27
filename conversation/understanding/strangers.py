"""Places that the gazetteer does not have: "in Kumarakom", "around Maligne Lake".

A name is taken only where a traveller says where to go, where it is written with a capital in a
text that uses capitals sparingly, and where it is more than ordinary words. The ranker then looks
for it among the names that tours give.
"""

import difflib
import functools
import re
from collections.abc import Iterator

from babel import Locale

from conversation.understanding.reading import TAKEN, Reading, Span
from core.places.service import gazetteer
from core.places.words import is_ordinary
from core.text import fold
from recommender.vocabulary import vocabulary

_CAPITALISED = r"[^\W\d_a-z][\w'’-]+"
_NAME = rf"{_CAPITALISED}(?:\s+(?:(?:de|del|di|da|la|le|of|the)\s+)?{_CAPITALISED}){{0,3}}"
_CUE = (
    r"(?:\b(?:think(?:ing)? (?:of|about)|consider(?:ing)?|dream(?:ing)? (?:of|about)"
    r"|in|around|near|to|visit|visiting|explore|exploring|see|seeing|through"
    r"|[oở]|[dđ][eế]n|t[oớ]i|[dđ]i|quanh|g[aầ]n|th[aă]m|gh[eé])\s+(?:the\s+)?"
    rf"|{TAKEN}\s*(?:,|&|-|–|\band\b|\bto\b|\bv[aà]\b)\s*)"
)
_STRANGER = re.compile(rf"(?i:{_CUE})(?P<name>{_NAME})")
_ABOUT_TRAVEL = re.compile(
    r"\b(?:tours?|trips?|travel(?:ling|ing)?|holidays?|vacation|visit(?:ing)?|go(?:ing)?|explor\w+"
    r"|du lich|di choi|chuyen di|tham)\b"
)
_MOST_CAPITALS = 0.6
_LONG_NAME, _ALIKE = 6, 0.85
"""From so many letters on, a word so much like a month's name is taken for it: "Novmber"."""
_NO_PLACES = """
    spring summer autumn fall winter christmas easter ramadan diwali tet halloween thanksgiving
    business economy first premium class english guide whatsapp facebook google airbnb booking
    mr mrs ms sir madam dad mom mum god covid usd vnd eur gbp aud
    thang mua tet giang sinh phuc chu dau cuoi giua tieng anh chi em ban minh toi ai dau nao
"""


def take_strangers(reading: Reading, *, told: bool) -> list[str]:
    """Use up the names of places that only the traveller knows, and return them in order.

    Args:
        reading: the message, of which known places, prices and lengths have been used up.
        told: whether those already show that it is about travel.
    """
    if not (told or _ABOUT_TRAVEL.search(reading.plain)) or not _capitals_tell(reading.text):
        return []
    names: dict[str, str] = {}
    for span in list(_spans(reading)):
        written = reading.text[span[0] : span[1]]
        place = gazetteer().find(written)
        name = place.name if place else written
        names.setdefault(fold(name), name)
        reading.take(span)
    return list(names.values())


def _spans(reading: Reading) -> Iterator[Span]:
    """Find names in the text as written, with what was used up left out of it."""
    written = "".join(
        TAKEN if plain == TAKEN else char
        for char, plain in zip(reading.text, reading.plain, strict=True)
    )
    position = 0
    while found := _STRANGER.search(written, position):
        start, position = found.span("name")
        if not all(map(_is_no_name, fold(found["name"]).split())):
            yield start, position
            # What follows in a list, ", and", follows something used up.
            written = written[:start] + TAKEN * (position - start) + written[position:]
            position -= 1


def _is_no_name(word: str) -> bool:
    known = word in _capitalised_words() or is_ordinary(word) or bool(vocabulary().find(word))
    return known or bool(difflib.get_close_matches(word, _months(), n=1, cutoff=_ALIKE))


@functools.cache
def _months() -> tuple[str, ...]:
    names = Locale("en").months["format"]["wide"].values()
    return tuple(name for name in map(fold, names) if len(name) >= _LONG_NAME)


@functools.cache
def _capitalised_words() -> frozenset[str]:
    """Return the folded words that people write with a capital and that are no places."""
    words = set(_NO_PLACES.split())
    for language in ("en", "vi"):
        locale = Locale(language)
        names = [*locale.languages.values()]
        for width in ("wide", "abbreviated"):
            names += locale.months["format"][width].values()
            names += locale.days["format"][width].values()
        words.update(word for name in names for word in fold(name).split())
    return frozenset(words)


def _capitals_tell(text: str) -> bool:
    words = [word for word in text.split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return bool(words) and capitals <= max(2, _MOST_CAPITALS * len(words))
