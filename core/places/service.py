"""Look up places by name, find them in texts, and tell what contains what."""

import functools
from collections.abc import Iterator

from core.places.atlas import Atlas, load_atlas
from core.places.containment import distance_km
from core.places.lookup import Lookup
from core.places.mentions import Scanner
from core.places.schemas import Mention, Place, PlaceKind
from core.text import has_diacritics


class Gazetteer:
    """Places as travellers name them, Vietnam first."""

    def __init__(self, atlas: Atlas) -> None:
        """Answer from *atlas*."""
        self._atlas = atlas
        self._lookup = Lookup(atlas)
        self._scanner = Scanner(atlas, self._lookup)

    def __len__(self) -> int:
        return len(self._atlas)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._atlas)

    def find(self, name: str, country: str | None = None) -> Place | None:
        """Return the place that a traveller most likely means by *name*.

        Case, diacritics, blanks and hyphens may be wrong or missing, a generic word may stand
        beside it ("Sapa town", "vịnh Hạ Long"), and so may what it lies in ("Hoi An, Vietnam");
        a letter or two of a well-known name may be wrong.

        Args:
            name: one place's name.
            country: ISO 3166-1 alpha-2 code or name of the country to prefer.
        """
        return self._lookup.find(name, country)

    def get(self, place_id: int) -> Place | None:
        """Return the place with this id."""
        return self._atlas.get(place_id)

    def aliases(self, place_id: int) -> tuple[str, ...]:
        """Return every name of a place, the display name first; none for an unknown id."""
        return self._atlas.names(place_id)

    def name_in(self, place: Place, language: str) -> str:
        """Return a place's name for readers of *language* ("en" or "vi").

        Countries and regions have a name in each language; towns and sights have one for all.
        """
        if language != "vi" or place.kind not in (PlaceKind.COUNTRY, PlaceKind.REGION):
            return place.name
        # The hand-written names give the Vietnamese one before those of other languages.
        return next(filter(has_diacritics, self.aliases(place.id)), place.name)

    def mentions(self, text: str, *, of_a_wish: bool = False) -> list[Mention]:
        """Return the places named in a text, in order, without overlaps.

        Ordinary words that happen to be names ("nice", "vinh") count only where their capitals,
        diacritics or neighbours show that a place is meant.

        Args:
            text: in English or Vietnamese.
            of_a_wish: whether somebody says here where to travel: then a little-known name counts
                too, where nothing else can be the place.
        """
        return self._scanner.mentions(text, of_a_wish=of_a_wish)

    def contains(self, outer: Place, inner: Place) -> bool:
        """Tell whether *inner* is *outer* or lies in it."""
        return outer.id == inner.id or outer.id in inner.parents

    def distance_km(self, a: Place, b: Place) -> float:
        """Return the great-circle distance between the centres of two places."""
        return distance_km(a.latitude, a.longitude, b.latitude, b.longitude)


@functools.cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer of this process.

    Raises:
        ConfigurationError: its data files are missing or wrong.
    """
    return Gazetteer(load_atlas())
