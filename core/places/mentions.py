"""Find the places named in running text."""

import re
from dataclasses import dataclass
from enum import Enum

from core.places.atlas import Atlas
from core.places.keys import key, marks
from core.places.lookup import Lookup
from core.places.schemas import Mention, Place, PlaceKind
from core.places.slips import Slips
from core.places.tokens import Words
from core.places.words import cued_names, is_ordinary, ordinary_words

_LONGEST_NAME = 8
_SHORTEST_IN_SMALL_LETTERS = 4
_SHORT = 3
_WORLD_CITY = 300_000
_LARGE_TOWN = 100_000
_TOWN = 15_000
_HOME = "VN"
_HOME_TOWN = 50_000
_CONNECTION = re.compile(
    r"\s*(?:[,/&+>~\u2192\u27a1\u2013-]+|->|=>|and|then|to|or|và|rồi|hay|hoặc|tới|đến|den|toi|va)"
    r"(?:\s+(?:to|then|the|in))?\s*",
    re.IGNORECASE,
)


class _Verdict(Enum):
    """What a name's looks say: the place, perhaps the place, or not."""

    PLACE = 1
    PERHAPS = 2
    NOT = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in the words from `first` up to before `last`."""

    place: Place
    first: int
    last: int


class Scanner:
    """Finds places in English and Vietnamese text."""

    def __init__(self, atlas: Atlas, lookup: Lookup) -> None:
        """Look for the places of *atlas*."""
        self._atlas = atlas
        self._lookup = lookup
        self._slips = Slips(atlas)

    def mentions(self, text: str, *, of_a_wish: bool = False) -> list[Mention]:
        """Return the places named in *text*, in order, without overlaps.

        Args:
            text: what to read.
            of_a_wish: whether somebody says here where to travel, so that a place is expected.
        """
        words = Words(text)
        sure, perhaps = self._scan(words)
        sure += self._misspelt(words, sure)
        if of_a_wish and not sure:
            sure += self._expected(words, perhaps)
        sure += _joined(words, sure, perhaps)
        return [
            Mention(
                found.place,
                words.words[found.first].start,
                words.words[found.last - 1].end,
                words.written(found.first, found.last),
            )
            for found in sorted(sure, key=lambda found: found.first)
        ]

    def _scan(self, words: Words) -> tuple[list[_Found], list[_Found]]:
        """Return the names that are places, and those that may be, longest first."""
        sure: list[_Found] = []
        perhaps: list[_Found] = []
        first = 0
        while first < len(words):
            verdict, found = self._longest_at(words, first)
            if found and verdict is _Verdict.PLACE:
                sure.append(found)
                first = found.last
                continue
            if found:
                perhaps.append(found)
            first += 1
        return sure, perhaps

    def _longest_at(self, words: Words, first: int) -> tuple[_Verdict, _Found | None]:
        possible: _Found | None = None
        for last in range(words.longest(first, _LONGEST_NAME), first, -1):
            verdict, place = self._judged(words, first, last)
            if place and verdict is _Verdict.PLACE:
                return verdict, _Found(place, first, last)
            if place and possible is None:
                possible = _Found(place, first, last)
        return _Verdict.PERHAPS, possible

    def _judged(self, words: Words, first: int, last: int) -> tuple[_Verdict, Place | None]:
        """Return the best place that these words name, and how sure that is."""
        name_key, written = words.key(first, last), words.written(first, last)
        named = self._atlas.named(name_key)
        if not named or words.is_run_into(first, last):
            return _Verdict.NOT, None
        places = [
            place
            for place in named
            if self._spelt(place, written) and self._parted(words, first, last, place)
        ]
        if written.isascii() and len(name_key) < _SHORTEST_IN_SMALL_LETTERS:
            places = [p for p in places if self._written_so(p, written)]
        verdicts = {
            place.id: self._verdict(words, first, last, place, name_key) for place in places
        }
        for verdict in (_Verdict.PLACE, _Verdict.PERHAPS):
            passing = [place for place in places if verdicts[place.id] is verdict]
            if passing:
                return verdict, self._lookup.best(passing, written)
        return _Verdict.NOT, None

    def _spelt(self, place: Place, written: str) -> bool:
        """Tell whether the diacritics written are the place's own, as far as there are any."""
        own, name_key = marks(written), key(written)
        return not own or any(
            own <= marks(name) for name in self._atlas.names(place.id) if key(name) == name_key
        )

    def _written_so(self, place: Place, written: str) -> bool:
        """Tell whether a very short name stands here just so ("LA"), or is one that we know."""
        name_key = key(written)
        if written in self._atlas.names(place.id) or name_key in cued_names():
            return True
        return len(name_key) == _SHORT and self._atlas.is_chosen(place.id, name_key)

    def _parted(self, words: Words, first: int, last: int, place: Place) -> bool:
        """Tell whether the name has as many words, or the words make no sense by themselves.

        "ha noi" is Hà Nội although most write Hanoi; "is an" is not Isan.
        """
        parts = [word.key for word in words.words[first:last]]
        if len(parts) == 1 or not any(map(is_ordinary, parts)):
            return True
        name_key = "".join(parts)
        names = (name for name in self._atlas.names(place.id) if key(name) == name_key)
        return any(len(Words(name)) == len(parts) for name in names)

    def _verdict(
        self, words: Words, first: int, last: int, place: Place, name_key: str
    ) -> _Verdict:
        capital = words.is_capitalised(first, last)
        led = words.is_led_to(first)
        if name_key in ordinary_words():
            own_name = key(place.name) == name_key and place.population >= _HOME_TOWN
            capital = capital and (own_name or self._atlas.is_chosen(place.id, name_key))
            if capital and (led or self._accented(words, first, last, place)):
                return _Verdict.PLACE
            return _Verdict.PERHAPS if capital else _Verdict.NOT
        if name_key in cued_names():
            sure = self._sure_by_company(words, first, last, place)
            return _Verdict.PLACE if sure else _Verdict.PERHAPS
        if self._well_known(place, name_key):
            everyday = all(is_ordinary(word.key) for word in words.words[first:last])
            if everyday and not capital and not self._atlas.is_near_home(place):
                return _Verdict.NOT
            return _Verdict.PLACE
        return self._little_known(words, first, last, place, name_key)

    def _sure_by_company(self, words: Words, first: int, last: int, place: Place) -> bool:
        """Tell whether what stands around a name that is also a word makes it the place."""
        capital = words.is_capitalised(first, last)
        return (
            (words.is_led_to(first) and not words.is_a_thing(first))
            or (capital and not words.starts_sentence(first))
            or (bool(marks(words.written(first, last))) and (capital or last - first == 1))
            or last - first == len(words)
            or words.opens_wish(first, last)
            or (capital and place.country == _HOME and words.opens_list(first, last))
        )

    def _accented(self, words: Words, first: int, last: int, place: Place) -> bool:
        """Tell whether ordinary words stand here with the capitals and diacritics of the name."""
        own = marks(words.written(first, last))
        spelt_so = any(own == marks(name) for name in self._atlas.names(place.id))
        return last - first > 1 and bool(own) and spelt_so

    def _well_known(self, place: Place, name_key: str) -> bool:
        if self._atlas.is_chosen(place.id, name_key):
            return True
        if key(place.name) != name_key:
            return not name_key.isascii() and place.population >= _LARGE_TOWN
        if place.kind is PlaceKind.COUNTRY:
            return True
        least = _HOME_TOWN if place.country == _HOME else _WORLD_CITY
        return place.population >= least

    def _little_known(
        self, words: Words, first: int, last: int, place: Place, name_key: str
    ) -> _Verdict:
        """Judge a town that most readers have never heard of: its looks must speak for it."""
        if not words.is_capitalised(first, last) or not name_key.isascii():
            return _Verdict.NOT
        if is_ordinary(name_key) or words.words[last - 1].key == "s":
            return _Verdict.NOT
        own_name = key(place.name) == name_key or place.kind is PlaceKind.COUNTRY
        if place.country == _HOME:
            accented = any(marks(name).total() for name in self._atlas.names(place.id))
            own_name = own_name and (bool(marks(words.written(first, last))) or not accented)
        if not own_name or len(name_key) < _SHORTEST_IN_SMALL_LETTERS:
            return _Verdict.NOT
        foreign = place.country != _HOME  # at home many hamlets bear everyday syllables
        if foreign and words.is_led_to(first) and not words.starts_sentence(first):
            return _Verdict.PLACE
        known = place.population >= _TOWN or self._atlas.is_near_home(place)
        if known and (words.is_led_to(first) or last - first > 1):
            return _Verdict.PLACE
        tells = not words.starts_sentence(first) and place.population >= _LARGE_TOWN
        return _Verdict.PLACE if tells else _Verdict.PERHAPS

    def _expected(self, words: Words, perhaps: list[_Found]) -> list[_Found]:
        """Return the first name that can only be a place, where the text must name one."""
        return [
            found
            for found in perhaps
            if found.place.population >= _TOWN
            and not is_ordinary(words.key(found.first, found.last))
            and words.is_asked_for(found.first, found.last)
        ][:1]

    def _misspelt(self, words: Words, sure: list[_Found]) -> list[_Found]:
        """Return the well-known names with a slip among the words that nothing has claimed."""
        taken = {i for found in sure for i in range(found.first, found.last)}
        found: list[_Found] = []
        for first in range(len(words)):
            for last in range(words.longest(first, self._slips.most_words), first, -1):
                if taken.isdisjoint(range(first, last)) and (
                    target := self._slips.meant(words, first, last)
                ):
                    place = self._lookup.best(self._atlas.named(target), target)
                    if place:
                        found.append(_Found(place, first, last))
                        taken.update(range(first, last))
                    break
        return found


def _joined(words: Words, sure: list[_Found], perhaps: list[_Found]) -> list[_Found]:
    """Return those of *perhaps* that stand in one list with a place ("Cannes and Nice")."""
    taken = {i for found in sure for i in range(found.first, found.last)}
    accepted: list[_Found] = []
    waiting = [found for found in perhaps if taken.isdisjoint(range(found.first, found.last))]
    progress = True
    while progress:
        progress = False
        for found in waiting:
            overlaps = not taken.isdisjoint(range(found.first, found.last))
            if not overlaps and any(_connected(words, found, o) for o in (*sure, *accepted)):
                accepted.append(found)
                taken.update(range(found.first, found.last))
                progress = True
    return accepted


def _connected(words: Words, one: _Found, other: _Found) -> bool:
    left, right = (one, other) if one.first < other.first else (other, one)
    if right.first < left.last:
        return False
    gap = words.text[words.words[left.last - 1].end : words.words[right.first].start]
    if gap == " ":  # "Pháp Thuỵ Sĩ Ý"
        country = one.place.kind is PlaceKind.COUNTRY
        return country and bool(marks(words.written(one.first, one.last)))
    return _CONNECTION.fullmatch(gap) is not None
