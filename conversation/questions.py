"""The questions of the onboarding, each with answers to tap that the catalogue can serve."""

import datetime as dt
import re
from collections.abc import Callable, Mapping

from conversation import repository
from conversation.calendar_words import month, next_month
from conversation.examples import towns_covered
from conversation.machine import ONBOARDING, Step
from conversation.replies import business
from conversation.schemas import MAX_LABEL, Choice, Outgoing
from conversation.turn import Turn
from conversation.understanding import Language, Rhythm
from core.money import convert, format_money
from core.text import fold
from recommender.amounts import format_duration
from recommender.schemas import Duration
from recommender.vocabulary import vocabulary

SKIP = "skip"
CURRENCY: Mapping[Language, str] = {"en": "USD", "vi": "VND"}
_ROWS = 8
_BUTTONS = 2
_CANDIDATES = 40
_BARE_NUMBER = re.compile(r"\W*(\d[\d.,]*)\W*")
_MOST_DAYS = 60
_SMALL = 1_000
"""In dong nobody travels for less: such a number counts millions."""


def question(turn: Turn) -> Outgoing:
    """Return the question that the present step asks; any answer may be tapped, typed or left."""
    step = turn.state.step
    number = ONBOARDING.index(step) + 1
    skip = "choice.not_now" if step is Step.ASK_RHYTHM else f"choice.skip.{step}"
    choices = [*_ANSWERS[step](turn), turn.choice(f"{SKIP}:{step}", skip)]
    return turn.message(f"{number}/{len(ONBOARDING)} · {words(turn, step)}", choices)


def words(turn: Turn, step: Step) -> str:
    """Return the words of a question."""
    return turn.say(f"question.{step}", business=business())


def completed(text: str, step: Step, language: Language) -> str:
    """Return a bare number with the unit that was asked for: "5" to "how long?" is 5 days."""
    bare = _BARE_NUMBER.fullmatch(fold(text))
    if bare is None:
        return text
    digits = bare[1].rstrip(".,")
    if step is Step.ASK_LENGTH and digits.isdecimal() and 0 < int(digits) <= _MOST_DAYS:
        return f"{digits} days" if language == "en" else f"{digits} ngày"
    if step is Step.ASK_BUDGET:
        return _as_money(digits, language)
    if step is Step.PLAN_HOUR and digits.isdecimal():
        return f"{digits}:00"
    return text


def _as_money(digits: str, language: Language) -> str:
    if language == "en":
        return f"under {digits} USD"
    small = float(re.sub(r"[.,]", "", digits) or 0) < _SMALL
    return f"dưới {digits} triệu" if small else f"dưới {digits} đồng"


def _places(turn: Turn) -> list[Choice]:
    towns = towns_covered(turn, _CANDIDATES)
    fitting = [place for place, _ in towns if len(place.name) <= MAX_LABEL]
    return [Choice(id=f"set:place:{place.id}", label=place.name) for place in fitting[:_ROWS]]


def _lengths(turn: Turn) -> list[Choice]:
    days = repository.usual_lengths(turn.connection, _BUTTONS)
    return [
        Choice(
            id=f"set:days:{length:g}", label=format_duration(Duration(days=length), turn.language)
        )
        for length in days
    ]


def _budgets(turn: Turn) -> list[Choice]:
    currency = CURRENCY[turn.language]
    prices = repository.usual_prices(turn.connection)
    amounts = dict.fromkeys(float(f"{convert(each, 'USD', currency):.2g}") for each in prices)
    return [
        Choice(id=f"set:budget:{currency}:{amount:.0f}", label=_up_to(turn, amount, currency))
        for amount in amounts
    ]


def _up_to(turn: Turn, amount: float, currency: str) -> str:
    return turn.say("choice.up_to", amount=format_money(amount, currency, turn.language))


def _likes(turn: Turn) -> list[Choice]:
    found = repository.usual_concepts(turn.connection, "activities.", _CANDIDATES)
    labels = {name: _label(turn, name) for name in found}
    fitting = [(name, label) for name, label in labels.items() if len(label) <= MAX_LABEL]
    return [Choice(id=f"set:likes:{name}", label=label) for name, label in fitting[:_ROWS]]


def _label(turn: Turn, concept: str) -> str:
    labels = vocabulary().get(concept).labels
    said = labels.get(turn.language, labels["en"])
    return said[:1].upper() + said[1:]


def _months(turn: Turn) -> list[Choice]:
    first = dt.datetime.now(dt.UTC).date()
    months = [next_month(first), next_month(next_month(first))]
    return [
        Choice(id=f"set:month:{each:%Y-%m}", label=month(each, turn.language)) for each in months
    ]


def _rhythms(turn: Turn) -> list[Choice]:
    wished = (Rhythm.WEEKLY, Rhythm.MONTHLY)
    return [turn.choice(f"set:rhythm:{each}", f"choice.rhythm.{each}") for each in wished]


_ANSWERS: Mapping[Step, Callable[[Turn], list[Choice]]] = {
    Step.ASK_PLACE: _places,
    Step.ASK_LENGTH: _lengths,
    Step.ASK_BUDGET: _budgets,
    Step.ASK_LIKES: _likes,
    Step.ASK_DATES: _months,
    Step.ASK_RHYTHM: _rhythms,
}
