"""All places by id and by name: GeoNames' and our own in one."""

import dataclasses
import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from core.places.containment import Containment
from core.places.keys import key
from core.places.schemas import Place, PlaceKind
from core.places.store import Row, Store
from core.places.supplement import Entry, read_supplement

_HOME = "VN"
_NEIGHBOURS = {"KH", "LA", "MM", "TH"}
_HOME_WEIGHT = 20.0
_NEIGHBOUR_WEIGHT = 4.0
_ALIAS_WEIGHT = 0.03  # GeoNames' other names include many that nobody uses any more
_LEAST_PROMINENCE = {
    PlaceKind.COUNTRY: 50_000_000,
    PlaceKind.REGION: 1_000_000,
    PlaceKind.PROVINCE: 500_000,
    PlaceKind.CITY: 0,
    PlaceKind.SITE: 150_000,
}
_KNOWN_AT_HOME = 20_000
_KNOWN_NEARBY = 50_000
_KNOWN_FAR = 500_000
_FAMOUS = 50_000


class Atlas:
    """The places, made when they are first asked for and kept."""

    def __init__(self, store: Store, entries: dict[int, Entry]) -> None:
        """Join GeoNames' places in *store* with our own *entries*.

        Raises:
            ConfigurationError: an entry lies within a place that is not there.
        """
        self._store = store
        self._entries = {entry.id: self._completed(entry) for entry in entries.values()}
        self._containment = Containment(self._entries.values())
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._places: dict[int, Place] = {}
        for entry in self._entries.values():
            for name_key in {key(name) for name in (entry.name, *entry.aliases)}:
                self._by_key[name_key].append(entry.id)
        for row in itertools.takewhile(lambda r: r.kind is PlaceKind.COUNTRY, store.rows()):
            self._containment.add_country(row.country, row.id)

    def __len__(self) -> int:
        return len(self._store) + sum(self._store.number_of(i) is None for i in self._entries)

    def __iter__(self) -> Iterator[Place]:
        for entry in self._entries.values():
            yield self._made(entry)
        for row in self._store.rows():
            if row.id not in self._entries:
                yield self._made(_entry_of(row))

    def get(self, place_id: int) -> Place | None:
        """Return the place with this id."""
        if entry := self._entry(place_id):
            return self._made(entry)
        return None

    def names(self, place_id: int) -> tuple[str, ...]:
        """Return every name of a place, the display name first; none for an unknown id."""
        entry, row = self._entries.get(place_id), self._row(place_id)
        own = (entry.name, *entry.aliases) if entry else ()
        stored = (row.name, *row.aliases) if row else ()
        return tuple(dict.fromkeys((*own, *stored)))

    def areas(self, place_id: int) -> frozenset[str]:
        """Return the codes of the first-level divisions that a place lies in (``US.TX``)."""
        entry = self._entry(place_id)
        return entry.areas if entry else frozenset()

    def named(self, name_key: str) -> list[Place]:
        """Return the places that bear the name with this key (see `core.places.keys`)."""
        ids = dict.fromkeys(self._by_key.get(name_key, ()))
        for number in self._store.numbers(name_key):
            row = self._store.row(number)
            ids[row.id] = None
        return [place for place in map(self.get, ids) if place]

    def weight(self, place: Place, name_key: str) -> float:
        """Return how likely travellers mean *place* by the name with this key."""
        own_name = self.is_chosen(place.id, name_key) or key(place.name) == name_key
        least = _LEAST_PROMINENCE[place.kind] if own_name or place.country == _HOME else 0
        prominence = float(max(place.population, least))
        if place.country == _HOME:
            prominence *= _HOME_WEIGHT
        elif place.country in _NEIGHBOURS:
            prominence *= _NEIGHBOUR_WEIGHT
        return prominence if own_name else prominence * _ALIAS_WEIGHT

    def fame(self, place: Place) -> tuple[int, int]:
        """Return what tells which of two places a misspelt name is more likely to mean."""
        nearness = 2 if place.country == _HOME else int(place.country in _NEIGHBOURS)
        return nearness, place.population

    def is_at_home(self, place: Place) -> bool:
        """Tell whether a place is in Vietnam."""
        return place.country == _HOME

    def is_known_to_most(self, place: Place) -> bool:
        """Tell whether most readers have heard of a place."""
        return self.is_near_home(place) or place.population >= _KNOWN_FAR

    def is_near_home(self, place: Place) -> bool:
        """Tell whether a place is in Vietnam or next to it, or the supplement speaks of it."""
        return place.country in {_HOME, *_NEIGHBOURS} or place.id in self._entries

    def is_chosen(self, place_id: int, name_key: str) -> bool:
        """Tell whether the supplement gives this name to this place."""
        return place_id in self._by_key.get(name_key, ())

    @cached_property
    def known_keys(self) -> dict[str, dict[str, None]]:
        """The keys of the names that people may misspell, by first letter, in order."""
        keys = set(self._by_key)
        for row in self._store.rows():
            if row.kind is PlaceKind.COUNTRY:
                keys.update(map(key, (row.name, *row.aliases)))
            elif row.population < _KNOWN_AT_HOME:
                break  # the rows are in falling order of population
            elif row.population >= _known_from(row.country):
                keys.add(key(row.name))
        by_letter: dict[str, dict[str, None]] = defaultdict(dict)
        for name_key in sorted(keys):
            by_letter[name_key[0]][name_key] = None
        return dict(by_letter)

    def famous_names(self) -> Iterator[tuple[str, bool]]:
        """Yield the names of our own entries in and around Vietnam, and whether they are cities.

        Larger areas count as cities here: all that people write often and hastily.
        """
        for entry in self._entries.values():
            if entry.country in {_HOME, *_NEIGHBOURS}:
                large = entry.kind is not PlaceKind.SITE and entry.population >= _FAMOUS
                for name in (entry.name, *entry.aliases):
                    yield name, large

    def distant_names(self) -> Iterator[str]:
        """Yield the display names of our own entries farther away."""
        for entry in self._entries.values():
            if entry.country and entry.country not in {_HOME, *_NEIGHBOURS}:
                yield entry.name

    def _entry(self, place_id: int) -> Entry | None:
        if entry := self._entries.get(place_id):
            return entry
        row = self._row(place_id)
        return _entry_of(row) if row else None

    def _row(self, place_id: int) -> Row | None:
        number = self._store.number_of(place_id)
        return None if number is None else self._store.row(number)

    def _completed(self, entry: Entry) -> Entry:
        """Return *entry* with what GeoNames knows where it is silent."""
        if (row := self._row(entry.id)) is None:
            return entry
        stored = _entry_of(row)
        return dataclasses.replace(
            entry,
            latitude=stored.latitude if math.isnan(entry.latitude) else entry.latitude,
            longitude=stored.longitude if math.isnan(entry.longitude) else entry.longitude,
            population=entry.population or stored.population,
            areas=entry.areas or stored.areas,
        )

    def _made(self, entry: Entry) -> Place:
        if entry.id not in self._places:
            self._places[entry.id] = Place(
                id=entry.id,
                name=entry.name,
                kind=entry.kind,
                country=entry.country,
                latitude=entry.latitude,
                longitude=entry.longitude,
                parents=self._containment.parents(entry),
                population=entry.population,
            )
        return self._places[entry.id]


def load_atlas() -> Atlas:
    """Read the data files.

    Raises:
        ConfigurationError: one of them is missing or wrong.
    """
    return Atlas(Store(), read_supplement())


def _known_from(country: str) -> int:
    if country == _HOME:
        return _KNOWN_AT_HOME
    return _KNOWN_NEARBY if country in _NEIGHBOURS else _KNOWN_FAR


def _entry_of(row: Row) -> Entry:
    return Entry(
        id=row.id,
        name=row.name,
        kind=row.kind,
        country=row.country,
        latitude=row.latitude,
        longitude=row.longitude,
        population=row.population,
        areas=frozenset({row.area} - {""}),
        covers=frozenset(),
        radius_km=0.0,
        within=(),
        aliases=(),
    )
