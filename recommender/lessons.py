"""What was learned from a traveller's reactions, in words."""

from pathlib import Path

from core.money import convert, format_money
from core.wording import wording
from recommender.amounts import format_duration
from recommender.reactions import Change, Effect
from recommender.schemas import Criterion, Duration
from recommender.vocabulary import vocabulary

_WORDING = wording(Path(__file__).parent / "wording")
_CURRENCY = {"en": "USD", "vi": "VND"}
"""In which a reader is likely to think."""


def in_words(change: Change, language: str) -> str:
    """Return one sentence that says what changed and because of what.

    Args:
        change: what was learned.
        language: of the sentence, "en" or "vi".
    """
    criterion = _WORDING.say(f"criterion.{change.criterion.value}", language)
    if change.effect is not Effect.TASTE:
        return _WORDING.say(f"lesson.{change.effect.value}", language, criterion=criterion)
    liked = _liked(change, language)
    if liked is None:
        return _WORDING.say("lesson.alike", language, criterion=criterion)
    return _WORDING.say(f"lesson.{_manner(change)}", language, liked=liked, criterion=criterion)


def _manner(change: Change) -> str:
    return "with" if change.concepts else "about"


def _liked(change: Change, language: str) -> str | None:
    """Return what the liked tours have in common, if that can be named."""
    if change.concepts:
        named = [vocabulary().get(concept).labels for concept in change.concepts]
        labels = [each.get(language, each["en"]) for each in named]
        *others, last = labels
        if not others:
            return last
        return _WORDING.say("and", language, first=", ".join(others), last=last)
    if change.amount is None:
        return None
    if change.criterion is Criterion.DURATION:
        return format_duration(Duration(days=max(0.5, round(2 * change.amount) / 2)), language)
    currency = _CURRENCY.get(language, "USD")
    return format_money(float(f"{convert(change.amount, 'USD', currency):.2g}"), currency, language)
