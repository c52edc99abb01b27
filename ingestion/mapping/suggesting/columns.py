"""What the values of a column tell of it."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from core.places.service import gazetteer
from ingestion.mapping.suggesting.names import context_words
from ingestion.mapping.suggesting.sampling import Keys, Sample, leaves
from ingestion.normalising.dates import read_departures
from ingestion.normalising.durations import read_duration
from ingestion.normalising.links import read_link
from ingestion.normalising.money import read_price
from ingestion.normalising.places import find_places, read_places
from ingestion.normalising.text import clean_text

_LOOKED_AT = 60
_LONGEST = 4_000
_IMAGE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|svg)(?:[?#]|$)", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{2,30}")
_PHONE = re.compile(r"\+\d[\d ().-]{7,18}\d|0\d{2,3}[ .-]\d{3}[ .-]?\d{3,4}")
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS = 8
_LETTERS = 0.3
_MOST_DATES = 50
_MOST_PLACES = 15


@dataclass(frozen=True, eq=False)
class Column:
    """A path of a source with what was found there.

    Attributes:
        path: as the mapping names it, with the source's name before it for a joined one.
        source: name of the source; empty for the main one.
        words: by which its name is judged.
        values: what was found, record by record; blank ones are not among them.
        filled: share of the sampled records that have something there.
        keys: of all values that were counted.
    """

    path: str
    source: str
    words: tuple[str, ...]
    values: Sequence[list[Any]]
    filled: float
    keys: Keys

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.removeprefix(f"{self.source}.") if self.source else self.path

    @cached_property
    def firsts(self) -> list[Any]:
        """The first value of some records."""
        return [each[0] for each in self._some]

    @cached_property
    def _some(self) -> list[list[Any]]:
        step = max(len(self.values) // _LOOKED_AT, 1)
        return list(self.values[::step][:_LOOKED_AT])

    @cached_property
    def texts(self) -> list[str]:
        """Some records' values as clean text."""
        found = (_attempt(clean_text, each) for each in self._some)
        return [text for text in found if text]

    @cached_property
    def length(self) -> float:
        """Characters of a record's text, on average."""
        return sum(map(len, self.texts)) / max(len(self.texts), 1)

    @cached_property
    def is_constant(self) -> bool:
        """Whether every record says the same."""
        said = {repr(each) for each in self.values}
        return len(said) <= 1 and len(self.keys.hashes) <= 1

    @cached_property
    def prose(self) -> float:
        """Share of the texts that are sentences rather than names."""
        return _share(self.texts, lambda text: text.count(" ") >= _WORDS)

    @cached_property
    def lettered(self) -> float:
        """Share of the texts that have words in them, and are no addresses or keys."""
        return _share(self.texts, _is_worded)

    def prices(self, currency: str | None) -> float:
        """Share of the values that read as a price."""
        return self.rate(lambda value: read_price(value, currency=currency))

    @cached_property
    def currencies(self) -> Counter[str]:
        """The currencies that the values name themselves."""
        read = (_attempt(partial(read_price, currency=None), each) for each in self.firsts)
        return Counter(price.currency for price in read if price and price.amount)

    @cached_property
    def durations(self) -> float:
        """Share of the values that read as a length."""
        return self.rate(read_duration)

    @cached_property
    def links(self) -> float:
        """Share of the values that are addresses on the web."""
        return self.rate(lambda value: isinstance(value, str) and read_link(value))

    @cached_property
    def images(self) -> float:
        """Share of the values that end as the names of images do."""
        return self.rate(lambda value: isinstance(value, str) and _IMAGE.search(value[:2_000]))

    @cached_property
    def departures(self) -> float:
        """Share of the records that list dates."""
        values = [each for each in self._some if any(map(_may_be_date, each))]
        read = (_attempt(read_departures, each[:_MOST_DATES]) for each in values)
        return sum(bool(each and each.spans) for each in read) / max(len(self._some), 1)

    @cached_property
    def dates(self) -> float:
        """Share of the values that are one date each."""
        return self.rate(
            lambda value: hasattr(value, "year") or _DATE.match(str(value)) is not None
        )

    @cached_property
    def numbers(self) -> list[float]:
        """The values that are numbers and nothing else."""
        texts = (str(value).strip() for value in self.firsts if not isinstance(value, bool))
        return [float(t.replace(",", ".")) for t in texts if len(t) < 30 and _NUMBER.fullmatch(t)]

    @property
    def numeric(self) -> float:
        """Share of the values that are numbers and nothing else."""
        return len(self.numbers) / max(len(self.firsts), 1)

    @cached_property
    def places(self) -> float:
        """Share of the names listed here that the gazetteer knows."""
        names = [
            name
            for each in self._some
            for name in (_attempt(read_places, each[:_MOST_PLACES]) or [])[:_MOST_PLACES]
        ]
        return _share(names, lambda name: len(name) < 80 and gazetteer().find(name) is not None)

    @cached_property
    def mentions(self) -> float:
        """Places that the gazetteer finds in a record's text, on average."""
        found = [len(find_places(text[:500])) for text in self.texts]
        return sum(found) / max(len(found), 1)

    @cached_property
    def countries(self) -> Counter[str]:
        """ISO codes of the countries in which the places named here lie."""
        names = [name for text in self.texts for name in find_places(text[:500])]
        placed = (gazetteer().find(name) for name in names)
        return Counter(place.country for place in placed if place and place.country)

    @cached_property
    def personal(self) -> float:
        """Share of the values that are e-mail addresses or telephone numbers."""
        return self.rate(
            lambda value: (
                isinstance(value, str)
                and (_MAIL.fullmatch(value.strip()) or _PHONE.fullmatch(value.strip()))
            )
        )

    def rate(self, read: Callable[[Any], Any]) -> float:
        """Return the share of the values of which *read* makes something."""
        return _share(self.firsts, lambda value: _attempt(read, value))


def _is_worded(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    enough = letters > _LETTERS * len(text.replace(" ", ""))
    return enough and "://" not in text and _WORD.search(text) is not None


def _may_be_date(value: object) -> bool:
    return hasattr(value, "year") or any(map(str.isdecimal, str(value)[:200]))


def _attempt(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _share(values: Sequence[Any], holds: Callable[[Any], Any]) -> float:
    return sum(bool(holds(value)) for value in values) / max(len(values), 1)


def columns_of(sample: Sample, source: str = "") -> list[Column]:
    """Return the columns of a source, those inside objects too.

    Args:
        sample: the source.
        source: its name, where it is joined to another.
    """
    found: dict[str, list[list[Any]]] = {}
    for record in sample.records:
        for path, values in leaves(record).items():
            found.setdefault(path, []).append([_cut(each) for each in values])
    before = f"{source}." if source else ""
    return [
        Column(
            before + path,
            source,
            context_words(path, source),
            values,
            len(values) / max(len(sample.records), 1),
            sample.keys.get(path) or _keys_of(values),
        )
        for path, values in found.items()
    ]


def _keys_of(values: Sequence[list[Any]]) -> Keys:
    """Return the keys of a path inside objects, which were not counted while reading."""
    keys = Keys()
    for each in values:
        keys.add(str(each[0])[:_LONGEST])
    return keys


def wholes_of(sample: Sample, source: str = "") -> list[Column]:
    """Return the columns that hold objects, each as a whole: an itinerary is one long text."""
    before = f"{source}." if source else ""
    found: dict[str, list[list[Any]]] = {}
    for record in sample.records:
        for name, value in record.items():
            if isinstance(value, Mapping) or (
                isinstance(value, list) and any(isinstance(each, Mapping) for each in value)
            ):
                found.setdefault(name, []).append([value])
    return [
        Column(
            before + name,
            source,
            context_words(name, source),
            values,
            len(values) / max(len(sample.records), 1),
            Keys(),
        )
        for name, values in found.items()
    ]


def _cut(value: Any) -> Any:
    return value[:_LONGEST] if isinstance(value, str) else value
