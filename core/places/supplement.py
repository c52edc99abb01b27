"""Our own layer over GeoNames: regions, provinces, sights and the names that travellers use.

`data/supplement.tsv` is written by hand. A line whose id is one of GeoNames' names a place that is
there already and adds to it. Its columns:

- `id`, `name`, `kind`, `country`, `latitude`, `longitude`, `population`: as in `Place`; empty
  coordinates are GeoNames'.
- `area`: codes of the first-level divisions it lies in, parted by blanks (``22``).
- `covers`: what lies inside it, parted by blanks: countries (``VN``), first-level divisions
  (``VN.22``, by the codes of GeoNames; for Vietnam by those of before mid-2025), or all towns and
  sites within a radius (``~25``, in km).
- `within`: names of other places of this file that it belongs to and that no code can tell.
- `aliases`: other names, parted by ``|``.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigurationError
from core.places.schemas import PlaceKind

SUPPLEMENT_FILE = Path(__file__).parent / "data" / "supplement.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the supplement.

    Attributes:
        id: of GeoNames, or from 9,000,000,001 on.
        name: display name.
        kind: what sort of place it is.
        country: ISO 3166-1 alpha-2 code, empty for several countries.
        latitude: degrees, not a number where GeoNames knows.
        longitude: degrees, not a number where GeoNames knows.
        population: inhabitants or like prominence.
        areas: codes of the divisions it lies in (``VN.22``).
        covers: codes of the countries and divisions inside it.
        radius_km: towns and sites so near are inside it; 0 for none.
        within: names of other entries it belongs to.
        aliases: other names.
    """

    id: int
    name: str
    kind: PlaceKind
    country: str
    latitude: float
    longitude: float
    population: int
    areas: frozenset[str]
    covers: frozenset[str]
    radius_km: float
    within: tuple[str, ...]
    aliases: tuple[str, ...]


def read_supplement(path: Path = SUPPLEMENT_FILE) -> dict[int, Entry]:
    """Return the entries of the file by id.

    Raises:
        ConfigurationError: the file is missing, or a line of it is wrong.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(
                (row for row in file if not row.startswith("#")),
                delimiter="\t",
                quoting=csv.QUOTE_NONE,
                restval="",
            )
            return {entry.id: entry for entry in map(_entry, table)}
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"cannot read the gazetteer {path.name}: {error}") from error


def _entry(row: dict[str, str]) -> Entry:
    country, covers = row["country"], row["covers"].split()
    return Entry(
        id=int(row["id"]),
        name=row["name"],
        kind=PlaceKind(row["kind"]),
        country=country,
        latitude=float(row["latitude"] or math.nan),
        longitude=float(row["longitude"] or math.nan),
        population=int(row["population"] or 0),
        areas=frozenset(f"{country}.{code}" for code in row["area"].split()),
        covers=frozenset(code for code in covers if code[0] != "~"),
        radius_km=sum(float(code[1:]) for code in covers if code[0] == "~"),
        within=tuple(filter(None, row["within"].split("|"))),
        aliases=tuple(filter(None, row["aliases"].split("|"))),
    )
