"""The packed data file: cities and countries, and the index of their names.

The file holds two tables with an empty line between them: the places, and for each key (see
`core.places.keys`) the rows that bear it, sorted by key. Both stay packed in memory and are read
line by line, because 36,000 places with 200,000 names as Python objects would cost ten times the
start-up time and the memory.
"""

import bisect
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core.errors import ConfigurationError
from core.places.schemas import PlaceKind

PLACES_FILE = Path(__file__).parent / "data" / "places.tsv.gz"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of places.

    Attributes:
        id: GeoNames id.
        name: display name.
        kind: city or country.
        country: ISO 3166-1 alpha-2 code.
        area: code of the first-level division (``VN.22``), empty for countries.
        latitude: degrees.
        longitude: degrees.
        population: inhabitants.
        aliases: other names.
    """

    id: int
    name: str
    kind: PlaceKind
    country: str
    area: str
    latitude: float
    longitude: float
    population: int
    aliases: tuple[str, ...]


class _Lines:
    """The lines of a text, found by number without splitting it."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._ends = np.flatnonzero(np.frombuffer(packed, dtype=np.uint8) == ord("\n"))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        start = self._ends[number - 1] + 1 if number else 0
        return self._packed[start : self._ends[number]]


class Store:
    """The places and the index of names, packed."""

    def __init__(self, path: Path = PLACES_FILE) -> None:
        """Read the file at *path*.

        Raises:
            ConfigurationError: the file is missing or damaged.
        """
        try:
            places, _, index = gzip.decompress(path.read_bytes()).partition(b"\n\n")
        except (OSError, EOFError) as error:
            raise ConfigurationError(f"cannot read the gazetteer {path.name}: {error}") from error
        self._places = _Lines(places + b"\n")
        self._index = _Lines(index)

    def __len__(self) -> int:
        return len(self._places)

    def row(self, number: int) -> Row:
        """Return the place on line *number*; the lines are in falling order of population."""
        fields = self._places[number].decode().split("\t")
        return Row(
            id=int(fields[0]),
            name=fields[1],
            kind=PlaceKind(fields[2]),
            country=fields[3],
            area=f"{fields[3]}.{fields[4]}" if fields[4] else "",
            latitude=float(fields[5]),
            longitude=float(fields[6]),
            population=int(fields[7]),
            aliases=tuple(filter(None, fields[8].split("|"))),
        )

    def rows(self) -> Iterator[Row]:
        """Yield every place, the most populous first."""
        return map(self.row, range(len(self)))

    def numbers(self, name_key: str) -> tuple[int, ...]:
        """Return the lines of the places that bear the name with this key."""
        wanted = name_key.encode()
        at = bisect.bisect_left(range(len(self._index)), wanted, key=self._key_at)
        if at == len(self._index):
            return ()
        found, _, numbers = self._index[at].partition(b"\t")
        return tuple(map(int, numbers.split(b","))) if found == wanted else ()

    def number_of(self, place_id: int) -> int | None:
        """Return the line of the place with this id."""
        return self._number_by_id.get(place_id)

    @cached_property
    def _number_by_id(self) -> dict[int, int]:
        lines = (self._places[number] for number in range(len(self)))
        return {int(line.partition(b"\t")[0]): number for number, line in enumerate(lines)}

    def _key_at(self, number: int) -> bytes:
        return self._index[number].partition(b"\t")[0]
