"""Why a tour was chosen, in words: what fits, what does not, and what the tour leaves unsaid.

Every statement rests on a stored field of the tour; nothing is guessed.
"""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.money import convert, format_money
from core.places.service import gazetteer
from core.wording import wording
from recommender.amounts import format_amount, format_duration, format_price, format_total, to_cents
from recommender.encoders import places
from recommender.encoders.places import Spot, spot
from recommender.encoders.texts import word_key
from recommender.encoding import (
    EncodedPackage,
    EncodedWish,
    criterion_text,
    package_concepts,
    package_words,
)
from recommender.ranker import Ranked, share_weights
from recommender.schemas import (
    TEXT_CRITERIA,
    WEIGHTS,
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
_ALIKE = 0.6
"""Similarity from which a text may be quoted as what was wished."""
_EXCERPT = 60


@dataclass(slots=True)
class Verdict:
    """What is said of one criterion."""

    fits: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Visit:
    """A place of a tour, with the name that the tour itself gives it."""

    place: Spot
    name: str


@dataclass(frozen=True)
class Question:
    """One tour held against one wish, to be put into words of one language.

    A wish is *borrowed* where it was read off another tour: nobody has asked for all that, so only
    what the two have in common is said. Where the tour is at hand in *encoded* form, its texts are
    not read again.
    """

    interests: Interests
    wish: EncodedWish
    package: Package
    ranked: Ranked
    language: str
    weights: Mapping[Criterion, float] = field(default_factory=lambda: WEIGHTS)
    borrowed: bool = False
    encoded: EncodedPackage | None = None

    @cached_property
    def visited(self) -> list[Visit]:
        """Where the tour goes, in order."""
        names, country = self.package.locations, self.package.country
        if self.encoded is not None and len(self.encoded.places) == len(names):
            return [Visit(*pair) for pair in zip(self.encoded.places, names, strict=True)]
        return [Visit(spot(name, country), name) for name in names]

    @cached_property
    def offered(self) -> frozenset[str]:
        """What the tour offers, read once for all criteria."""
        return self.encoded.concepts if self.encoded else package_concepts(self.package)

    @cached_property
    def said(self) -> frozenset[str]:
        """The tour's words, read once for all criteria."""
        return self.encoded.words if self.encoded else package_words(self.package)

    def was_stated(self, key: Criterion) -> bool:
        """Tell whether the traveller has asked for this, rather than that it was learned."""
        if key in TEXT_CRITERIA:
            return criterion_text(self.interests, key) is not None
        name = "locations" if key is Criterion.LOCATION else key.value
        return bool(getattr(self.interests, name))

    def say(self, key: str, **values: object) -> str:
        """Return a message of this package's wording."""
        return _WORDING.say(key, self.language, **values)


def explain(question: Question) -> tuple[dict[Criterion, Part], str]:
    """Return the parts of a score, each with its evidence, and the reason in words."""
    shares = share_weights(list(question.ranked.similarities), question.weights)
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


def contradicts(question: Question) -> bool:
    """Tell whether a tour speaks against a wish: of something stated, it offers none of it.

    What is said of it in words decides. A tour that is silent on a point does not contradict it,
    and of several places, or several things to do, it need have one.
    """
    stated = [key for key in question.ranked.similarities if question.was_stated(key)]
    stated.sort(key=lambda key: key is Criterion.LOCATION)  # distances take longest to work out
    verdicts = (_judge(question, key) for key in stated)
    return any(verdict.misses and not verdict.fits for verdict in verdicts)


def _reason(question: Question, verdicts: Sequence[Verdict]) -> str:
    sentences = []
    for name in ("fits",) if question.borrowed else ("fits", "misses", "unknown"):
        points = [point for verdict in verdicts for point in getattr(verdict, name)]
        if points:
            wording = "alike" if question.borrowed else name
            sentences.append(question.say(f"reason.{wording}", points=", ".join(points)))
    return " ".join(sentences) or question.say("reason.nothing_asked")


def _judge(question: Question, key: Criterion) -> Verdict:
    if key not in question.ranked.known:
        if not question.was_stated(key):
            return Verdict()
        name = "place" if key is Criterion.LOCATION else key.value
        return Verdict(unknown=[question.say(f"{name}.unknown")])
    return _JUDGES[key](question, key)


def _judge_places(question: Question, _: Criterion) -> Verdict:
    verdict = Verdict()
    for wished, name in zip(question.wish.places, question.interests.locations, strict=True):
        _say_place(question, verdict, wished, _display(wished, name, question.language))
    if len(verdict.fits) > 1:
        *others, last = verdict.fits
        verdict.fits = [question.say("and", first=", ".join(others), last=last)]
    return verdict


def _say_place(question: Question, verdict: Verdict, wished: Spot, wished_name: str) -> None:
    best = max(question.visited, key=lambda visit: places.share(wished, visit.place), default=None)
    share = places.share(wished, best.place) if best else 0.0
    if share < places.MENTIONED and places.is_mentioned(wished, question.said):
        verdict.fits.append(question.say("place.mentioned", wished=wished_name))
    elif best is None:
        verdict.unknown.append(question.say("place.unsure", wished=wished_name))
    elif share < places.NEARBY:
        verdict.misses.append(question.say("place.missed", wished=wished_name))
    else:
        verdict.fits.append(_say_match(question, wished, wished_name, best, share))


def _say_match(
    question: Question, wished: Spot, wished_name: str, visit: Visit, share: float
) -> str:
    names = {"wished": wished_name, "visited": visit.name}
    if share >= places.SAME_PLACE:
        inside = places.is_inside(visit.place, wished)
        return question.say("place.inside", **names) if inside else wished_name
    kilometres = places.distance_km(wished, visit.place)
    if kilometres is None or places.is_inside(wished, visit.place):
        return question.say("place.around", **names)
    return question.say("place.near", **names, kilometres=round(kilometres))


def _display(wished: Spot, name: str, language: str) -> str:
    return gazetteer().name_in(wished.place, language) if wished.place else name


def _judge_duration(question: Question, _: Criterion) -> Verdict:
    offered, wished = question.package.duration, question.interests.duration
    if offered is None or wished is None:
        return Verdict()
    said = format_duration(offered, question.language)
    close = question.ranked.similarities[Criterion.DURATION] >= _CLOSE_ENOUGH
    if close or _overlap(offered, wished):
        return Verdict(fits=[said])
    asked = format_duration(wished, question.language)
    return Verdict(misses=[question.say("duration.missed", offered=said, wished=asked)])


def _overlap(offered: Duration, wished: Duration) -> bool:
    """Tell whether some length is both offered and wished."""
    return (
        offered.travel_days <= wished.longest_travel_days
        and wished.travel_days <= offered.longest_travel_days
    )


def _judge_budget(question: Question, _: Criterion) -> Verdict:
    price, budget = question.package.price, question.interests.budget
    if price is None or budget is None:
        return Verdict()
    said = _price_in_words(price, budget, question.language)
    amount = to_cents(convert(price.per_person, price.currency, budget.currency))
    ceiling, floor = budget.max_per_person, budget.min_per_person
    if budget.max is not None and ceiling is not None and amount > to_cents(ceiling):
        limit = format_amount(budget.max, budget, question.language)
        return Verdict(misses=[question.say("budget.above", price=said, limit=limit)])
    if budget.min is not None and floor is not None and amount < to_cents(floor):
        limit = format_amount(budget.min, budget, question.language)
        return Verdict(misses=[question.say("budget.below", price=said, limit=limit)])
    return Verdict(fits=[said])


def _price_in_words(price: Price, budget: Budget, language: str) -> str:
    """Write a price, and about how much it is for one person in the traveller's currency."""
    if price.currency == budget.currency:
        words = format_price(price, language)
        alone = budget.people and not price.people
        return _WORDING.say("money.person", language, amount=words) if alone else words
    converted = _rounded(convert(price.per_person, price.currency, budget.currency))
    about = format_money(converted, budget.currency, language)
    shared = price.people or budget.people
    return _WORDING.say(
        "budget.about_each" if shared else "budget.about",
        language,
        price=format_total(price, language),
        converted=about,
    )


def _rounded(amount: float) -> float:
    """Keep two or three significant digits: more would claim to know tomorrow's rate."""
    if amount <= 0:
        return 0.0
    return float(round(amount, 1 - math.floor(math.log10(amount))))


def _judge_text(question: Question, key: Criterion) -> Verdict:
    verdict, wish = Verdict(), question.wish.texts[key]
    if not wish.asked:
        return _quote(question, key)
    for concept in wish.concepts:
        label = _label(concept, question.language)
        if concept in question.offered:
            verdict.fits.append(label)
        else:
            verdict.misses.append(question.say("text.missed", wished=label))
    for word in wish.words:
        if word_key(word) in question.said:
            verdict.fits.append(word)
        else:
            verdict.misses.append(question.say("text.missed", wished=word))
    return verdict


def _quote(question: Question, key: Criterion) -> Verdict:
    """Let a tour speak for itself where the wish names nothing that could be called by its name.

    Such a wish is in another script, or was learned; the vectors alone tell how well it is met.
    """
    said = criterion_text(question.package, key)
    if not said or question.ranked.similarities[key] < _ALIKE:
        return Verdict()
    excerpt = textwrap.shorten(said, _EXCERPT, placeholder="…")
    return Verdict(fits=[question.say("text.quoted", said=excerpt)])


def _label(concept_id: str, language: str) -> str:
    labels = vocabulary().get(concept_id).labels
    return labels.get(language, labels["en"])


_JUDGES: dict[Criterion, Callable[[Question, Criterion], Verdict]] = {
    Criterion.LOCATION: _judge_places,
    Criterion.DURATION: _judge_duration,
    Criterion.BUDGET: _judge_budget,
    **dict.fromkeys(TEXT_CRITERIA, _judge_text),
}
