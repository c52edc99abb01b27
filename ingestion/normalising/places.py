"""Places as feeds list them, and as titles and itineraries name them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from core.text import fold
from ingestion.normalising.text import clean_text, unpacked

_LONGEST = 20_000
_LONGEST_NAME = 120
_MOST = 200
_DEEPEST = 12
_KEYS = ("name", "title", "label", "city", "location", "place", "addressLocality")
_FIRM = re.compile(r"\s*(?:[;|•·→⇒⟶➔>+\n、،，]|->|=>|\s[-–—]+\s)\s*|\s*[–—]\s*")
"""What parts two places for sure."""

_COMMA = re.compile(r"\s*,\s*")
_AND = re.compile(r"\s*[/&]\s*|\s+(?:và|and|et|und|y|e)\s+", re.IGNORECASE)
"""What parts two places, or stands within the name of one ("Bosnia & Herzegovina")."""

_NOTE = re.compile(r"\s?\([^()]*\d[^()]*\)")
_HYPHEN = re.compile(r"\s*-\s*")
_EDGES = " .:,-–—'\""
_OUTER = (PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.PROVINCE)


def read_places(
    value: object, *, country: str | None = None, separator: str | None = None
) -> list[str]:
    """Return the names of places in a list, or in a text that lists them, without repeats.

    A place and what it lies in stay together ("Rome, Italy"), and so does a name that only looks
    like two ("Trinidad and Tobago"). Names that the gazetteer does not know are kept as well.

    Args:
        value: a text, or a list of texts or of objects with a name.
        country: ISO code or name of the country to prefer where names are alike.
        separator: what parts the names, where it is known; nothing else parts them then.

    Raises:
        ValueError: it is longer than any list of places.
    """
    names: list[str] = []
    for part in _listed(unpacked(value), _DEEPEST):
        text = clean_text(part)
        if text is None:
            continue
        if len(text) > _LONGEST:
            raise ValueError(f"holds {len(text):,} characters; at most {_LONGEST:,} are read")
        lines = (line.removeprefix("- ") for line in text.split("\n"))
        for line in lines:
            names += line.split(separator) if separator else _parted(line, country)
    return _distinct(names)


def find_places(text: str, country: str | None = None) -> list[str]:
    """Return the display names of the places that a text names, in order, without repeats.

    Args:
        text: a title or an itinerary in English or Vietnamese; 20,000 characters are looked at.
        country: ISO code or name of the country to prefer where names are alike.
    """
    return _distinct(_display_names(text[:_LONGEST], country))


def _display_names(text: str, country: str | None) -> Iterator[str]:
    places = gazetteer()
    around = places.find(country) if country else None
    for mention in places.mentions(text):
        if around is None or _lies_in(mention.place, around):
            yield mention.place.name
            continue
        nearer = places.find(mention.text, country)
        same = nearer is not None and _lies_in(nearer, around) and _is_called(nearer, mention.text)
        yield nearer.name if nearer is not None and same else mention.place.name


def _lies_in(place: Place, around: Place) -> bool:
    return gazetteer().contains(around, place)


def _is_called(place: Place, name: str) -> bool:
    """Tell whether *name* is a name of the place, and not just close to one."""
    wanted = _squeezed(name)
    return any(_squeezed(alias) == wanted for alias in gazetteer().aliases(place.id))


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", fold(name))


def _listed(value: object, depth: int) -> Iterator[object]:
    if depth == 0:
        raise ValueError(f"lists lie more than {_DEEPEST} deep in each other")
    if isinstance(value, Mapping):
        yield next((value[key] for key in _KEYS if value.get(key)), None)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _listed(unpacked(item), depth - 1)
    else:
        yield value


def _parted(line: str, country: str | None) -> Iterator[str]:
    """Yield the places of one line."""
    line = _NOTE.sub("", line)  # "Hà Nội (2 đêm)"
    if _known(line, country):
        yield line
        return
    for piece in _rejoined(_FIRM.split(line), country):
        parts: list[str] = []
        for part in _COMMA.split(piece):
            parts += [part] if _known(part, country) else _AND.split(part)
        yield from _with_surroundings(parts, country)


def _rejoined(pieces: list[str], country: str | None) -> Iterator[str]:
    """Yield the pieces, of which two may be one name: "Phong Nha - Kẻ Bàng"."""
    held = pieces[0]
    for piece in pieces[1:]:
        both = f"{held} - {piece}"
        if _known(both, country):
            held = both
        else:
            yield held
            held = piece
    yield held


def _hyphened(piece: str, country: str | None) -> Iterable[str]:
    """Part "Huế-Đà Nẵng-Hội An", but not "Stratford-upon-Avon"."""
    parts = _HYPHEN.split(piece)
    if len(parts) == 1 or _known(piece, country):
        return [piece]
    return parts if all(_known(part, country) for part in parts) else [piece]


def _with_surroundings(parts: list[str], country: str | None) -> Iterator[str]:
    """Put what a place lies in behind it: "Rome", "Italy", "Paris" are "Rome, Italy", "Paris"."""
    held = ""
    for part in parts:
        if held and _holds(part, held, country):
            yield f"{held}, {part}"
            held = ""
            continue
        if held:
            yield from _hyphened(held, country)
        held = part
    if held:
        yield from _hyphened(held, country)


def _holds(outer: str, inner: str, country: str | None) -> bool:
    around = _known(outer, None)
    place = _known(inner, outer) or _known(inner, country)
    if around is None or place is None or around.kind not in _OUTER or around.id == place.id:
        return False
    return _lies_in(place, around)


def _known(name: str, country: str | None) -> Place | None:
    """Return the place of exactly this name."""
    name = name.strip(_EDGES)
    if not 1 < len(name) <= _LONGEST_NAME:
        return None
    place = gazetteer().find(name, country)
    return place if place and _is_called(place, name) else None


def _distinct(names: Iterable[str]) -> list[str]:
    tidied = (name.strip(_EDGES) for name in names)
    return list(dict.fromkeys(filter(None, tidied)))[:_MOST]
