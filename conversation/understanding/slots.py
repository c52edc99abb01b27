"""What a message states, read by one rule after the other: each leaves the rest to the next."""

import datetime as dt
import re
from dataclasses import dataclass

from conversation.understanding.beyond import find_unknown_wishes
from conversation.understanding.budgets import Price, combined, scaled, take_prices
from conversation.understanding.commands import command_language
from conversation.understanding.corrections import corrects, take_wrong_value
from conversation.understanding.dates import find_dates, says_only_when
from conversation.understanding.drops import find_drops
from conversation.understanding.durations import longer, take_duration
from conversation.understanding.extensions import ALTOGETHER, take_extra_days
from conversation.understanding.intents import Facts, wants_lodging
from conversation.understanding.languages import detect_language, is_function_word
from conversation.understanding.noise import take_noise
from conversation.understanding.ordinals import take_ordinals, take_turned_down
from conversation.understanding.parties import is_for_all, party_size
from conversation.understanding.places import MOST_PLACES, Places, find_places
from conversation.understanding.reading import TAKEN, Reading
from conversation.understanding.rhythms import find_pause, find_schedule
from conversation.understanding.schemas import Context, Language, Schedule
from conversation.understanding.strangers import take_strangers
from conversation.understanding.wishes import find_wishes, with_words
from recommender.schemas import Budget, DateSpan, Duration, Interests

_PLACE = re.compile(f"{TAKEN}+")


@dataclass(frozen=True, slots=True)
class Slots:
    """What a message states, whatever it wants with it.

    Attributes:
        interests: the wishes.
        negated: ids of the concepts refused.
        people: how many travel.
        ordinals: numbers of tours.
        extra_days: by how many days the trip is to be longer.
        excluded: names of the places refused.
        dates: days between which the journey is to be.
        only_dates: whether the message says that and nothing else.
        drops: criteria that no longer matter.
        turned_down: numbers of tours refused.
        schedule: when recommendations are wished.
        pause_days: for how long nothing is to be sent.
        corrects: whether the message puts right what was said before.
    """

    interests: Interests
    negated: tuple[str, ...]
    people: int | None
    ordinals: tuple[int, ...]
    extra_days: float
    excluded: tuple[str, ...]
    dates: DateSpan | None
    only_dates: bool
    drops: tuple[str, ...]
    turned_down: tuple[int, ...]
    schedule: Schedule | None
    pause_days: int | None
    corrects: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A message with all that the rules read in it.

    Attributes:
        text: the message in NFC.
        plain: its folded text, before anything was used up.
        bare: the same with places replaced by ``@``, for what does not depend on them.
        language: what it is in.
        slots: what it states.
        facts: what that tells about its intent.
    """

    text: str
    plain: str
    bare: str
    language: Language
    slots: Slots
    facts: Facts


def read(text: str, context: Context) -> Read:
    """Return all that the rules read in a message."""
    reading = Reading(text)
    plain = reading.plain
    places = find_places(reading)
    for span in places.spans:
        reading.take(span)
    language = command_language(reading.text) or detect_language(
        reading.untaken() if reading.untaken().strip() else reading.text, context.language
    )
    bare = _PLACE.sub("@", reading.plain)
    slots = _slots(reading, language, places, context.today or dt.datetime.now(dt.UTC).date())
    facts = _facts(reading, plain, places, slots, context)
    return Read(reading.text, plain, bare, language, slots, facts)


def _slots(reading: Reading, language: Language, places: Places, today: dt.date) -> Slots:
    """Read what a message states, each rule leaving the rest to the next."""
    plain = reading.plain
    dates, pause_days = find_dates(reading, today), find_pause(reading, today)
    only_dates = dates is not None and TAKEN not in plain and says_only_when(reading)
    take_wrong_value(reading)
    turned_down = take_turned_down(reading)
    extra_days = take_extra_days(reading)
    take_noise(reading)
    before_prices = reading.plain
    prices = take_prices(reading, language)
    duration = take_duration(reading)
    if duration and extra_days:
        told_in_all = ALTOGETHER.search(before_prices) is not None
        duration = duration if told_in_all else longer(duration, extra_days)
        extra_days = 0.0
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
    return Slots(
        interests=interests,
        negated=wishes.negated,
        people=people,
        ordinals=ordinals,
        extra_days=extra_days,
        excluded=tuple(place.name for place in places.excluded),
        dates=dates,
        only_dates=only_dates,
        drops=find_drops(plain),
        turned_down=turned_down,
        schedule=find_schedule(plain),
        pause_days=pause_days,
        corrects=corrects(plain),
    )


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


def _facts(reading: Reading, plain: str, places: Places, slots: Slots, context: Context) -> Facts:
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
        dates=slots.dates is not None,
        drops=bool(slots.drops),
        rhythm=slots.schedule is not None and slots.schedule.rhythm is not None,
        pauses=slots.pause_days is not None,
        turns_down=bool(slots.turned_down),
        corrects=slots.corrects,
        context=context,
    )
