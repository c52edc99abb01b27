"""The form in which a language model answers, and what of it is believed."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from conversation.understanding.numbers import NUMBER, value
from conversation.understanding.schemas import Intent, Understanding
from conversation.understanding.wishes import labelled
from core.places.service import gazetteer
from core.text import fold
from recommender.schemas import Budget, Duration, Interests
from recommender.vocabulary import vocabulary

_MOST = 20
_NUMBER = re.compile(NUMBER)
_SCALES = (1.0, 1e3, 1e6, 1e9)
_PER_NIGHT = 1
_DAYS_IN = (1.0, 7.0, 30.0)

Written = Annotated[str, Field(max_length=200)]
Whole = Annotated[int, Field(ge=-1, le=30)]


class HeardPlace(BaseModel):
    """A place as the message writes it and as it is called."""

    written: Written
    name: Written


class HeardRequest(BaseModel):
    """One request of a message as a language model reads it."""

    words: Annotated[str, Field(max_length=4_096)]
    intent: Intent
    places_wished: Annotated[list[HeardPlace], Field(max_length=_MOST)] = []
    places_refused: Annotated[list[HeardPlace], Field(max_length=_MOST)] = []
    days_at_least: float | None = None
    days_at_most: float | None = None
    price_at_least: float | None = None
    price_at_most: float | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    wishes: Annotated[list[Written], Field(max_length=_MOST)] = []
    refusals: Annotated[list[Written], Field(max_length=_MOST)] = []
    tour_numbers: Annotated[list[Whole], Field(max_length=_MOST)] = []
    liked: Literal["yes", "no", "unsaid"] = "unsaid"


class Heard(BaseModel):
    """A message as a language model reads it."""

    requests: Annotated[list[HeardRequest], Field(min_length=1, max_length=3)]


def believed(heard: HeardRequest, ours: Understanding, text: str) -> Understanding:
    """Return our reading, bettered by what a model says and the message bears out.

    Args:
        heard: what the model makes of a request.
        ours: what we make of the same words with the model's intent.
        text: the words.
    """
    bare = fold(text)
    wished, refused = _concepts(heard.wishes), _concepts(heard.refusals)
    texts = labelled(wished - refused)
    interests = ours.interests.model_copy(
        update={
            "locations": _places(heard.places_wished, bare) or ours.interests.locations,
            "duration": _duration(heard, bare) or ours.interests.duration,
            "budget": _budget(heard, bare) or ours.interests.budget,
            **{name: words for name, words in texts.items() if not getattr(ours.interests, name)},
        }
    )
    numbers = tuple(n for n in heard.tour_numbers if n and _stands(abs(n), bare))
    return ours.model_copy(
        update={
            "interests": Interests.model_validate(interests.model_dump()),
            "excluded": tuple(_places(heard.places_refused, bare)) or ours.excluded,
            "negated": tuple(sorted({*ours.negated, *refused})),
            "ordinals": ours.ordinals or numbers,
            "liked": ours.liked if heard.liked == "unsaid" else heard.liked == "yes",
        }
    )


def _places(heard: list[HeardPlace], bare: str) -> list[str]:
    """Return the places that we know and that stand in the message, in any spelling."""
    names: dict[str, None] = {}
    for each in heard:
        if each.written.strip() and fold(each.written) in bare:
            place = gazetteer().find(each.name) or gazetteer().find(each.written)
            if place is not None:
                names[place.name] = None
    return list(names)


def _concepts(phrases: list[str]) -> set[str]:
    return {match.concept.id for phrase in phrases for match in vocabulary().find(phrase)}


def _duration(heard: HeardRequest, bare: str) -> Duration | None:
    low, high = heard.days_at_least, heard.days_at_most
    least = low if low is not None else high
    if least is None or not all(_days_stand(n, bare) for n in (low, high) if n is not None):
        return None
    try:
        return Duration(days=least, max_days=high if high is not None and high > least else None)
    except ValidationError:
        return None


def _days_stand(days: float, bare: str) -> bool:
    """Tell whether so many days are said: as days, weeks or months, or as nights."""
    return any(_stands(days / unit, bare) for unit in _DAYS_IN) or _stands(days - _PER_NIGHT, bare)


def _budget(heard: HeardRequest, bare: str) -> Budget | None:
    amounts = [n for n in (heard.price_at_least, heard.price_at_most) if n is not None]
    if not amounts or not all(_amount_stands(n, bare) for n in amounts) or not heard.currency:
        return None
    try:
        return Budget(
            min=heard.price_at_least, max=heard.price_at_most, currency=heard.currency.upper()
        )
    except (ValidationError, ValueError):
        return None


def _amount_stands(amount: float, bare: str) -> bool:
    return any(_stands(amount / scale, bare) for scale in _SCALES)


def _stands(number: float, bare: str) -> bool:
    """Tell whether a number stands in folded text, in digits or words."""
    return any(abs((value(found.group()) or 0) - number) < 1e-6 for found in _NUMBER.finditer(bare))
