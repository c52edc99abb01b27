"""Questions about a tour, answered in its operator's own words or not at all."""

import datetime as dt
import re
from collections.abc import Callable, Mapping

from conversation import repository, tour_text, tours
from conversation.calendar_words import day, span
from conversation.formatting import escaped, shortened
from conversation.machine import Event
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.understanding import Topic
from conversation.understanding.languages import is_function_word
from core.text import fold
from recommender.amounts import format_duration, format_price
from recommender.schemas import Package

_QUOTE = 300
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_WORD = re.compile(r"\w+")
_LEAST_LETTERS = 4
_DATES = 5


def ask(turn: Turn) -> list[Outgoing]:
    """Answer a question about a tour from its own fields; offer to ask the operator else."""
    is_vague = turn.understanding.topic is None  # it may be about the weather
    if tours.meant(turn) is None and (is_vague or not turn.state.page):
        return [_about_no_tour(turn)]
    return tours.about_one(turn, _answer)


def _about_no_tour(turn: Turn) -> Outgoing:
    """Say what we can answer; whoever wants more may ask a person."""
    turn.state = turn.state.because("question")
    turn.happened(Event.PERSON_OFFERED)
    page = tours.rows(turn, turn.state.page[: tours.MOST_ROWS - 1])
    choices = [*(page or tours.openers(turn)[:2]), turn.choice("human", "choice.human")]
    return turn.message(turn.say("ask.no_tour"), choices)


def _answer(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    found = _found(turn, package)
    if found is None:
        return [_silent(turn, package_id, package)]
    field, said = found
    told_on = repository.told_on(turn.connection, package_id)
    body = turn.say(
        "ask.answer",
        title=tour_text.title(package),
        field=turn.say(f"field.{field}"),
        said=escaped(shortened(said, _QUOTE)),
        age=day(told_on or dt.datetime.now(dt.UTC).date(), turn.language),
    )
    further = "stays" if field == Topic.ACCOMMODATION else "book"
    choices = [
        turn.choice(f"ask:{package_id}", "choice.ask"),
        turn.choice(f"details:{package_id}", "choice.all_details"),
        turn.choice(f"{further}:{package_id}", f"choice.{further}"),
    ]
    return [turn.message(body, choices, about=package_id)]


def _silent(turn: Turn, package_id: int, package: Package) -> Outgoing:
    """Say that the catalogue does not tell, and offer to ask the operator."""
    turn.state = turn.state.because("question")
    turn.happened(Event.PERSON_OFFERED)
    choices = [
        turn.choice("human", "choice.ask"),
        turn.choice(f"details:{package_id}", "choice.all_details"),
    ]
    words = turn.say("ask.silent", title=tour_text.title(package))
    return turn.message(words, choices, about=package_id)


def _found(turn: Turn, package: Package) -> tuple[str, str] | None:
    """Return the field that answers, and its words.

    A field that is merely about the same thing answers "what is the food like?"; whether visas or
    insurance are included only a sentence that speaks of them can tell.
    """
    topic = turn.understanding.topic
    if topic is not None and topic in _FIELDS:
        said = _FIELDS[topic](turn, package)
        if said:
            return topic.value, said
    return _sentence(turn.text, package)


def _sentence(text: str, package: Package) -> tuple[str, str] | None:
    """Return the sentence of a tour that shares the most telling words with a question."""
    asked = _telling(text)
    best: tuple[int, str, str] = (0, "", "")
    for field in ("notes", "food", "activities", "transportation", "accommodation", "description"):
        for sentence in _SENTENCE.split(getattr(package, field) or ""):
            shared = len(asked & _telling(sentence))
            if shared > best[0]:
                best = (shared, field, sentence)
    return best[1:] if best[0] else None


def _telling(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(fold(text)) if not is_function_word(word))
    return frozenset(w.rstrip("s") for w in words if len(w) >= _LEAST_LETTERS) - _COMMON


_COMMON = frozenset(
    {
        "tour", "trip", "include", "included", "price", "have", "what", "does", "much", "about",
        "this", "that", "there", "good", "number", "second", "chuyen", "khong", "nhieu", "duoc",
        "trong",
    }
)  # fmt: skip
"""Words of questions and of tours alike, which tell neither apart."""


def _places(_: Turn, package: Package) -> str:
    return " – ".join(package.locations)


def _length(turn: Turn, package: Package) -> str:
    return format_duration(package.duration, turn.language) if package.duration else ""


def _price(turn: Turn, package: Package) -> str:
    return format_price(package.price, turn.language) if package.price else ""


def _departures(turn: Turn, package: Package) -> str:
    today = dt.datetime.now(dt.UTC).date()
    coming = sorted((d for d in package.available if d.end >= today), key=lambda d: d.start)
    said = ", ".join(span(each, turn.language) for each in coming[:_DATES])
    return said + (" …" if len(coming) > _DATES else "")


def _text(name: str) -> Callable[[Turn, Package], str]:
    return lambda _, package: getattr(package, name) or ""


_FIELDS: Mapping[Topic, Callable[[Turn, Package], str]] = {
    Topic.LOCATION: _places,
    Topic.DURATION: _length,
    Topic.BUDGET: _price,
    Topic.TRANSPORTATION: _text("transportation"),
    Topic.FOOD: _text("food"),
    Topic.ACTIVITIES: _text("activities"),
    Topic.ACCOMMODATION: _text("accommodation"),
    Topic.DATES: _departures,
}
