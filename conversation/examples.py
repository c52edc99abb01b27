"""Wishes to tap at the first contact: of places that the catalogue really covers."""

from conversation import repository
from conversation.schemas import MAX_LABEL, Choice
from conversation.turn import Turn
from core.places.schemas import Place, PlaceKind
from core.places.service import gazetteer
from recommender.amounts import format_duration
from recommender.schemas import Duration

EXAMPLE = "example"
_COUNT = 3
_CANDIDATES = 30
_TOO_WIDE = frozenset({PlaceKind.COUNTRY, PlaceKind.REGION})


def examples(turn: Turn) -> list[Choice]:
    """Return three wishes to tap; their labels are understood when typed as well."""
    covered = towns_covered(turn, _CANDIDATES)
    choices = [
        Choice(id=f"{EXAMPLE}:{place.id}:{days:g}", label=label)
        for place, days in covered
        if len(label := _label(turn, place, days)) <= MAX_LABEL
    ]
    return choices[:_COUNT] or _general(turn)


def wish_of(turn: Turn, argument: str) -> str | None:
    """Return the wish behind a tapped example, however old; None where it names none."""
    if argument in {"1", "2", "3"}:
        return turn.say(f"example.{argument}")
    key, _, days = argument.partition(":")
    if not (key.isascii() and key.isdecimal() and len(key) < 10):
        return None
    place = gazetteer().get(int(key))
    length = float(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0.0
    return _label(turn, place, length) if place else None


def _general(turn: Turn) -> list[Choice]:
    return [turn.choice(f"{EXAMPLE}:{n}", f"example.{n}") for n in (1, 2, 3)]


def towns_covered(turn: Turn, limit: int) -> list[tuple[Place, float]]:
    """Return the places most travelled to, each once, with a whole number of days or 0."""
    found: dict[int, tuple[Place, float]] = {}
    for name, days in repository.places_covered(turn.connection, limit):
        place = gazetteer().find(name)
        if place is not None and place.kind not in _TOO_WIDE:
            found.setdefault(place.id, (place, float(days) if days and days % 1 == 0 else 0.0))
    return list(found.values())


def _label(turn: Turn, place: Place, days: float) -> str:
    if not days:
        return turn.say("example.place", place=place.name)
    length = format_duration(Duration(days=days), turn.language)
    return turn.say("example.length", place=place.name, length=length)
