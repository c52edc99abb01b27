"""Why a tour was chosen, in words: what fits, what does not, and what the tour leaves unsaid.

Every statement rests on a stored field of the tour; nothing is guessed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from core.money import convert, format_money
from core.places.service import gazetteer
from core.wording import wording
from recommender.encoders import places
from recommender.encoders.places import Spot, spot
from recommender.encoders.texts import says
from recommender.encoding import EncodedWish, package_concepts, package_words
from recommender.ranker import Ranked, share_weights
from recommender.schemas import (
    TEXT_CRITERIA,
    Budget,
    Criterion,
    Duration,
    Interests,
    Package,
    Part,
    Price,
)
from recommender.vocabulary import vocabulary

_WORDING = wording(Path(__file__).parent / "wording")
_CLOSE_ENOUGH = 0.85
"""Similarity from which a length still counts as the wished one."""


@dataclass(slots=True)
class Verdict:
    """What is said of one criterion."""

    fits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """One tour held against one wish, to be put into words of one language."""

    interests: Interests
    wish: EncodedWish
    package: Package
    ranked: Ranked
    language: str

    @cached_property
    def offered(self) -> frozenset[str]:
        """What the tour offers, read once for all criteria."""
        return package_concepts(self.package)

    @cached_property
    def said(self) -> str:
        """The tour's words, read once for all criteria."""
        return package_words(self.package)

    def say(self, key: str, **values: object) -> str:
        """Return a message of this package's wording."""
        return _WORDING.say(key, self.language, **values)


def explain(question: Question) -> tuple[dict[Criterion, Part], str]:
    """Return the parts of a score, each with its evidence, and the reason in words."""
    shares = share_weights(list(question.ranked.similarities))
    verdicts = {key: _judge(question, key) for key in shares}
    parts = {
        key: Part(
            similarity=similarity,
            weight=shares[key],
            points=similarity * shares[key],
            known=key in question.ranked.known,
            evidence="; ".join(verdicts[key].fits + verdicts[key].misses) or None,
        )
        for key, similarity in question.ranked.similarities.items()
    }
    return parts, _reason(question, list(verdicts.values()))


def format_duration(duration: Duration, language: str) -> str:
    """Write a length of time as it was given, in days or in hours."""
    unit, value = ("days", duration.days) if duration.days else ("hours", duration.hours)
    plural = "one" if value == 1 else "other"
    shortest = _WORDING.say(f"duration.{unit}.{plural}", language, **{unit: f"{value:g}"})
    if duration.max_days is None or duration.max_days == duration.days:
        return shortest
    longest = _WORDING.say("duration.days.other", language, days=f"{duration.max_days:g}")
    return _WORDING.say("duration.range", language, shortest=f"{duration.days:g}", longest=longest)


def _reason(question: Question, verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return question.say("reason.nothing_asked")
    sentences = []
    for name in ("fits", "misses", "unknown"):
        points = [point for verdict in verdicts for point in getattr(verdict, name)]
        if points:
            sentences.append(question.say(f"reason.{name}", points=", ".join(points)))
    return " ".join(sentences)


def _judge(question: Question, key: Criterion) -> Verdict:
    if key not in question.ranked.known:
        name = "place" if key is Criterion.LOCATION else key.value
        return Verdict(unknown=[question.say(f"{name}.unknown")])
    return _JUDGES[key](question, key)


def _judge_places(question: Question, _: Criterion) -> Verdict:
    verdict = Verdict()
    visited = [spot(name, question.package.country) for name in question.package.locations]
    vectors = np.array([place.vector() for place in visited], np.float32)
    for wished, name in zip(question.wish.places, question.interests.locations, strict=True):
        shares = (1 + places.similarities(wished, visited, vectors)) / 2
        best = int(np.argmax(shares))
        _say_place(
            question, verdict, wished, _display(wished, name, question.language),
            visited[best], question.package.locations[best], float(shares[best]),
        )  # fmt: skip
    if len(verdict.fits) > 1:
        *others, last = verdict.fits
        verdict.fits = [question.say("and", first=", ".join(others), last=last)]
    return verdict


def _say_place(
    question: Question, verdict: Verdict, wished: Spot, wished_name: str,
    visited: Spot, visited_name: str, share: float,
) -> None:  # fmt: skip
    kilometres = places.distance_km(wished, visited)
    if share >= places.SAME_PLACE:
        inside = places.is_inside(visited, wished)
        said = question.say("place.inside", wished=wished_name, visited=visited_name)
        verdict.fits.append(said if inside else wished_name)
    elif share < places.NEARBY:
        verdict.misses.append(question.say("place.missed", wished=wished_name))
    elif kilometres is None or share == places.AROUND:
        verdict.fits.append(question.say("place.around", wished=wished_name, visited=visited_name))
    else:
        near = question.say(
            "place.near", wished=wished_name, visited=visited_name, kilometres=round(kilometres)
        )
        verdict.fits.append(near)


def _display(wished: Spot, name: str, language: str) -> str:
    return gazetteer().name_in(wished.place, language) if wished.place else name


def _judge_duration(question: Question, _: Criterion) -> Verdict:
    offered, wished = question.package.duration, question.interests.duration
    if offered is None or wished is None:
        return Verdict()
    said = format_duration(offered, question.language)
    if question.ranked.similarities[Criterion.DURATION] >= _CLOSE_ENOUGH:
        return Verdict(fits=[said])
    asked = format_duration(wished, question.language)
    return Verdict(misses=[question.say("duration.missed", offered=said, wished=asked)])


def _judge_budget(question: Question, _: Criterion) -> Verdict:
    price, budget = question.package.price, question.interests.budget
    if price is None or budget is None:
        return Verdict()
    said = _price_in_words(question, price, budget)
    amount = convert(price.amount, price.currency, budget.currency)
    if budget.max is not None and amount > budget.max:
        return Verdict(misses=[_over_the_line(question, "budget.above", said, budget.max)])
    if budget.min is not None and amount < budget.min:
        return Verdict(misses=[_over_the_line(question, "budget.below", said, budget.min)])
    return Verdict(fits=[said])


def _over_the_line(question: Question, key: str, price: str, limit: float) -> str:
    budget = question.interests.budget
    currency = budget.currency if budget else "USD"
    return question.say(key, price=price, limit=format_money(limit, currency, question.language))


def _price_in_words(question: Question, price: Price, budget: Budget) -> str:
    words = format_money(price.amount, price.currency, question.language)
    if price.currency == budget.currency:
        return question.say("budget.within", price=words)
    converted = _rounded(convert(price.amount, price.currency, budget.currency))
    return question.say(
        "budget.about",
        price=words,
        converted=format_money(converted, budget.currency, question.language),
    )


def _rounded(amount: float) -> float:
    """Keep two or three significant digits: more would claim to know tomorrow's rate."""
    if amount <= 0:
        return 0.0
    return float(round(amount, 1 - math.floor(math.log10(amount))))


def _judge_text(question: Question, key: Criterion) -> Verdict:
    verdict, wish = Verdict(), question.wish.texts[key]
    for concept in wish.concepts:
        label = _label(concept, question.language)
        if concept in question.offered:
            verdict.fits.append(label)
        else:
            verdict.misses.append(question.say("text.missed", wished=label))
    for word in wish.words:
        if says(question.said, word):
            verdict.fits.append(word)
        else:
            verdict.misses.append(question.say("text.missed", wished=word))
    return verdict


def _label(concept_id: str, language: str) -> str:
    labels = vocabulary().get(concept_id).labels
    return labels.get(language, labels["en"])


_JUDGES: dict[Criterion, Callable[[Question, Criterion], Verdict]] = {
    Criterion.LOCATION: _judge_places,
    Criterion.DURATION: _judge_duration,
    Criterion.BUDGET: _judge_budget,
    **dict.fromkeys(TEXT_CRITERIA, _judge_text),
}
