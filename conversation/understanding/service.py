"""Understanding a message: one reading, used up by one rule after the other."""

from dataclasses import dataclass

from conversation.understanding import cues
from conversation.understanding.beyond import find_unknown_wishes
from conversation.understanding.budgets import Price, combined, scaled, take_prices
from conversation.understanding.commands import agreement, command_language, only_thanks
from conversation.understanding.durations import longer, take_duration
from conversation.understanding.extensions import take_extra_days
from conversation.understanding.intents import (
    Facts,
    changes_in,
    classify,
    liking,
    steering,
    wants_lodging,
)
from conversation.understanding.languages import detect_language, is_function_word
from conversation.understanding.noise import take_noise
from conversation.understanding.ordinals import take_ordinals
from conversation.understanding.parties import is_for_all, party_size
from conversation.understanding.places import MOST_PLACES, Places, find_places
from conversation.understanding.reading import Reading
from conversation.understanding.schemas import Context, Intent, Language, Understanding
from conversation.understanding.strangers import take_strangers
from conversation.understanding.wishes import find_wishes, with_words
from recommender.schemas import Budget, Duration, Interests


@dataclass(frozen=True, slots=True)
class _Slots:
    interests: Interests
    negated: tuple[str, ...]
    people: int | None
    ordinals: tuple[int, ...]
    extra_days: float


_NOTHING = Interests()
_STATES_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE, Intent.FIND_LODGING, Intent.BOOK})


def understand(text: str, context: Context | None = None) -> Understanding:
    """Return what a message means, by rules alone.

    Args:
        text: the message as it came: any length, any characters.
        context: what is known of the talk so far.
    """
    context = context or Context()
    reading = Reading(text)
    plain = reading.plain
    places = find_places(reading)
    for span in places.spans:
        reading.take(span)
    language = command_language(reading.text) or detect_language(
        reading.untaken() if reading.untaken().strip() else reading.text, context.language
    )
    slots = _slots(reading, language, places)
    facts = _facts(reading, plain, places, slots, context)
    intent, confidence = classify(facts)
    return Understanding(
        intent=intent,
        language=language,
        interests=slots.interests if intent in _STATES_WISHES else _NOTHING,
        excluded=tuple(place.name for place in places.excluded),
        negated=slots.negated,
        changes=changes_in(plain) if intent is Intent.REFINE else (),
        extra_days=slots.extra_days if intent is Intent.REFINE else 0.0,
        replaces=cues.REPLACES.search(plain) is not None,
        ordinals=slots.ordinals,
        people=slots.people,
        wanted_language=_wanted_language(plain) if intent is Intent.LANGUAGE else None,
        thanks=only_thanks(reading.text),
        answers=agreement(reading.text) is not None,
        liked=liking(reading.text, plain) if intent is Intent.FEEDBACK else None,
        steer=steering(plain) if intent is Intent.FEEDBACK else None,
        confidence=confidence,
    )


def _slots(reading: Reading, language: Language, places: Places) -> _Slots:
    """Read what a message states, each rule leaving the rest to the next."""
    extra_days = take_extra_days(reading)
    take_noise(reading)
    before_prices = reading.plain
    prices = take_prices(reading, language)
    duration = take_duration(reading)
    if duration and extra_days:
        duration, extra_days = longer(duration, extra_days), 0.0
    told = bool(places.wished or duration or prices)
    strangers = take_strangers(reading, told=told)
    wishes = find_wishes(reading)
    people = party_size(reading)
    ordinals = take_ordinals(reading)
    for span in wishes.spans:
        reading.take(span)
    unknown = find_unknown_wishes(reading, told=told or bool(wishes.texts))
    if people is None and prices:
        people = party_size(Reading(before_prices))
    interests = Interests(
        locations=[*(place.name for place in places.wished), *strangers][:MOST_PLACES],
        duration=duration,
        budget=_budget(prices, duration, people, before_prices),
        **with_words(wishes.texts, unknown),
    )
    return _Slots(interests, wishes.negated, people, ordinals, extra_days)


def _budget(
    prices: list[Price], duration: Duration | None, people: int | None, plain: str
) -> Budget | None:
    """Return what one person would pay for the whole trip."""
    nightly = wants_lodging(plain)
    budget = combined([price for price in prices if duration or nightly or not price.per_day])
    if budget is None:
        return None
    if prices[0].per_day and duration and not nightly:
        budget = scaled(budget, duration.max_days or duration.travel_days)
    if people and is_for_all(prices[0], plain):
        budget = scaled(budget, 1 / people)
    return budget


def _facts(reading: Reading, plain: str, places: Places, slots: _Slots, context: Context) -> Facts:
    others = slots.interests.model_copy(update={"locations": []})
    return Facts(
        text=reading.text,
        plain=plain,
        places=bool(slots.interests.locations),
        wishes=not slots.interests.is_empty(),
        other_wishes=not others.is_empty(),
        sizes=bool(others.duration or others.budget),
        only_sizes=not others.model_copy(update={"duration": None, "budget": None}).model_dump(
            exclude_defaults=True
        ),
        share=reading.share_used(is_function_word),
        excluded=bool(places.excluded or slots.negated),
        extends=bool(slots.extra_days),
        ordinals=bool(slots.ordinals),
        context=context,
    )


def _wanted_language(plain: str) -> Language | None:
    if "english" in plain or "tieng anh" in plain:
        return "en"
    return "vi" if "vietnamese" in plain or "tieng viet" in plain else None
