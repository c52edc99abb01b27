"""A tour in words that are read on a phone."""

from conversation.calendar_words import span
from conversation.formatting import escaped, shortened
from conversation.schemas import MAX_DESCRIPTION, Choice
from conversation.turn import Turn
from conversation.understanding.wishes import label_in
from core.places.service import gazetteer
from recommender.amounts import format_budget, format_duration, format_price
from recommender.schemas import DateSpan, Interests, Package, Recommendation
from recommender.vocabulary import vocabulary

_TITLE = 90
_REASON = 600
_DESCRIPTION = 260
_FIELD = 105
FIELDS = ("transportation", "food", "activities", "accommodation", "notes")
_DOT = " · "
_WISH = 300
_DEPARTURES = 3


def facts(turn: Turn, package: Package) -> str:
    """Return the length, the price and the operator of a tour on one line."""
    known = []
    if package.duration:
        known.append(format_duration(package.duration, turn.language))
    if package.price:
        known.append(format_price(package.price, turn.language))
    if package.provider:
        known.append(escaped(package.provider))
    return _DOT.join(known)


def title(package: Package) -> str:
    """Return a tour's title, short enough for one line or two."""
    return escaped(shortened(package.title, _TITLE))


def card(turn: Turn, number: int, found: Recommendation, days: DateSpan | None = None) -> str:
    """Return a tour of a list: its number and title, the facts, why it was chosen.

    Where the traveller has named the days of the journey, the departures are told as well.
    """
    lines = [
        f"*{number}. {title(found.package)}*",
        facts(turn, found.package),
        escaped(shortened(found.reason, _REASON)),
    ]
    if days:
        lines.append(departures(turn, found.package, days))
    return "\n".join(filter(None, lines))


def departures(turn: Turn, package: Package, days: DateSpan) -> str:
    """Return when a tour leaves within these days, or that its operator does not say."""
    within = [each for each in package.available if _overlap(each, days)]
    if not within:
        return turn.say("departures.unknown")
    said = ", ".join(span(each, turn.language) for each in within[:_DEPARTURES])
    return turn.say("departures", days=said + (" …" if len(within) > _DEPARTURES else ""))


def _overlap(one: DateSpan, other: DateSpan) -> bool:
    return one.start <= other.end and other.start <= one.end


def row(turn: Turn, number: int, package_id: int, package: Package) -> Choice:
    """Return the choice that opens a tour's details."""
    return Choice(
        id=f"details:{package_id}",
        label=turn.say("choice.details", number=number),
        description=shortened(package.title, MAX_DESCRIPTION) or None,
    )


def details(turn: Turn, package: Package) -> str:
    """Return everything worth reading about a tour; what it does not state is left out."""
    lines = [f"*{title(package)}*", facts(turn, package)]
    if package.description:
        lines.append(escaped(shortened(package.description, _DESCRIPTION)))
    if package.locations:
        route = shortened(" – ".join(package.locations), _FIELD)
        lines.append(turn.say("details.route", text=escaped(route)))
    for name in FIELDS:
        said = getattr(package, name)
        if said:
            lines.append(turn.say(f"details.{name}", text=escaped(shortened(said, _FIELD))))
    return "\n".join(filter(None, lines))


def wish(turn: Turn, interests: Interests) -> str:
    """Return what is being looked for, on one line."""
    said = [", ".join(place_name(name, turn.language) for name in interests.locations)]
    if interests.duration:
        said.append(format_duration(interests.duration, turn.language))
    if interests.budget:
        said.append(format_budget(interests.budget, turn.language))
    said += _labels(turn, interests)
    if turn.state.dates:
        said.append(span(turn.state.dates, turn.language))
    names = refused(turn)
    if names:
        said.append(turn.say("wish.without", names=names))
    return escaped(shortened(_DOT.join(filter(None, said)), _WISH))


def refused(turn: Turn) -> str:
    """Return the names of the places and things that the traveller refused."""
    concepts = (vocabulary().get(name).labels for name in turn.state.negated)
    labels = [each.get(turn.language, each["en"]) for each in concepts]
    return escaped(", ".join([*turn.state.excluded, *labels]))


def _labels(turn: Turn, interests: Interests) -> list[str]:
    """Return the other wishes in the traveller's language, each once."""
    words = (getattr(interests, name) or "" for name in FIELDS)
    parts = [part for text in words for part in text.split(", ") if part]
    return list(dict.fromkeys(label_in(part, turn.language) for part in parts))


def place_name(name: str, language: str) -> str:
    """Return a wished place as readers of *language* call it."""
    place = gazetteer().find(name)
    return gazetteer().name_in(place, language) if place else name
