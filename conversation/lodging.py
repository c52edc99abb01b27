"""Places to stay near a tour or a wished place."""

from accommodation.service import Near, Stay, find_stays, last_stop, places_to_sleep_in
from conversation import tours
from conversation.calendar_words import day
from conversation.formatting import escaped, shortened
from conversation.schemas import Outgoing
from conversation.tour_text import place_name
from conversation.turn import Turn
from core.money import format_money
from core.places.schemas import Place

_NAME = 70


def find(turn: Turn) -> list[Outgoing]:
    """Show up to three places to stay where the message, the tour or the wish is."""
    place = _where(turn)
    if place is None:
        return [turn.message(turn.say("stays.where"))]
    budget = turn.understanding.interests.budget
    nightly = budget.max_per_person if budget else None
    ceiling = (nightly, budget.currency) if budget and nightly is not None else None
    found = find_stays(turn.connection, Near.to(place), ceiling=ceiling)
    name = escaped(place_name(place.name, turn.language))
    if not found:
        choices = [turn.choice("human", "choice.human")]
        return [turn.message(turn.say("stays.none", place=name), choices)]
    lines = [_card(turn, number, stay) for number, stay in enumerate(found, 1)]
    return [turn.message("\n\n".join([turn.say("stays.heading", place=name), *lines]))]


def _where(turn: Turn) -> Place | None:
    """Return the place that is named, else one of the tour's, else the wish's."""
    named = places_to_sleep_in(turn.understanding.interests.locations)
    if named:
        return named[0]
    wished = places_to_sleep_in(turn.stored.locations)
    for package in tours.by_key(turn, tours.all_meant(turn)[:1]).values():
        stop = last_stop(package.locations, wished)
        if stop:
            return stop
    return wished[0] if wished else None


def _card(turn: Turn, number: int, stay: Stay) -> str:
    item = stay.item
    facts = [_whereabouts(turn, stay)]
    if item.stars:
        facts.append(f"{item.stars:g}★")
    if item.rating:
        facts.append(turn.say("stays.rating", rating=f"{item.rating:g}"))
    lines = [
        f"*{number}. {escaped(shortened(item.name, _NAME))}*",
        " · ".join(filter(None, facts)),
        _price(turn, stay),
        item.url or turn.say("stays.no_link"),
    ]
    return "\n".join(filter(None, lines))


def _whereabouts(turn: Turn, stay: Stay) -> str:
    """Return how far away it is; its town where no more is known."""
    if stay.kilometres is None:
        return escaped(stay.item.city or "")
    distance = f"{stay.kilometres:.1f}".removesuffix(".0")
    return turn.say("stays.distance", kilometres=distance)


def _price(turn: Turn, stay: Stay) -> str:
    told = day(stay.told_on, turn.language)
    price = stay.item.price
    if price is None:
        return turn.say("stays.no_price", told=told)
    amount = format_money(price.amount, price.currency, turn.language)
    return turn.say("stays.price", amount=amount, told=told)
