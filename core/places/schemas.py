"""What the gazetteer knows about a place, and a place found in a text."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceKind(StrEnum):
    """What sort of place it is, from large to small."""

    COUNTRY = "country"
    REGION = "region"
    PROVINCE = "province"
    CITY = "city"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that travellers name.

    Attributes:
        id: GeoNames id of a city or country; our own places count from 9,000,000,001.
        name: display name, with its diacritics for Vietnam.
        kind: what sort of place it is.
        country: ISO 3166-1 alpha-2 code; empty for a region of several countries.
        latitude: degrees north of the equator.
        longitude: degrees east of Greenwich.
        parents: ids of every place that contains this one, in rising order.
        population: inhabitants, or a figure of like prominence for places without any.
    """

    id: int
    name: str
    kind: PlaceKind
    country: str
    latitude: float
    longitude: float
    parents: tuple[int, ...]
    population: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text.

    Attributes:
        place: the place meant.
        start: offset of its first character in the text in Unicode NFC.
        end: offset just after its last character.
        text: what was written there.
    """

    place: Place
    start: int
    end: int
    text: str
