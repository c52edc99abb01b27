"""Which intent a message has: the rules' where they are sure, else the likeliest of all."""

import re
from collections.abc import Mapping
from dataclasses import replace

from conversation.understanding import cues
from conversation.understanding.classifier import likely_intents
from conversation.understanding.intents import (
    COMMAND,
    CUE,
    Facts,
    changes_in,
    classify,
    steering,
    wants_lodging,
)
from conversation.understanding.schemas import Intent, Steer
from conversation.understanding.slots import Read, Slots
from conversation.understanding.topics import find_topic
from recommender.schemas import Budget, Duration

_LEAST: Mapping[Intent, float] = {Intent.STOP: 0.5, Intent.DELETE_DATA: 0.4}
"""What silences us, or asks to erase all, must be likelier than the other readings."""

_SURE, _LIKELY, _HARDLY = 0.95, 0.7, 0.35
_SHORT_WORDS = 12
_FEW_ENOUGH_TO_COMPARE = 10
_HALF_OF_IT = 0.5
_FEW_WORDS = 6
_VERY_FEW_WORDS = 3
_MOST_OF_IT = 0.65
_BARE_WORDS = 4
_SAYS_NOTHING = frozenset({Intent.GREETING, Intent.OFF_TOPIC, Intent.HELP, Intent.ASK})
_SURE_IN_VERY_FEW = frozenset(
    {
        Intent.BOOK, Intent.COMPARE, Intent.FEEDBACK, Intent.GREETING, Intent.HELP, Intent.HUMAN,
        Intent.LANGUAGE, Intent.MORE, Intent.MY_DATA, Intent.REFINE, Intent.SCHEDULE, Intent.START,
    }
)  # fmt: skip
_SURE_IN_FEW = frozenset(
    {
        Intent.COMPARE, Intent.DELETE_DATA, Intent.FEEDBACK, Intent.HUMAN, Intent.LANGUAGE,
        Intent.MY_DATA, Intent.OFF_TOPIC, Intent.PAUSE,
    }
)  # fmt: skip
"""Cues that were right in 94 of 100 training messages of so few words, or more.

The rules were written before those messages.
"""

_ABOUT_TASTE = frozenset({Steer.SAVE, Steer.SHOW_SAVED, Steer.UNDO, Steer.FORGET})
_ANSWERING = frozenset({Intent.FIND_TOURS, Intent.REFINE, Intent.SCHEDULE, Intent.PAUSE})
_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE})
_ONLY_FIGURE = re.compile(r"[\s.!,]*\d{1,9}[\s.!,]*")
_EDGES = " .!,"
_MOST_DAYS = 30
_LEAST_DONG = 100_000


def intent_of(found: Read) -> tuple[Intent, float]:
    """Return the intent of a message and how sure that is, from 0 to 1."""
    intent, confidence = classify(found.facts)
    says_words = any(char.isalnum() for char in found.text)
    if not says_words or (confidence >= COMMAND and not _is_answer(found.facts)):
        return intent, confidence
    surely = _answer(found) or _surely(found)
    if surely is not None:
        return surely, _SURE
    if _by_rule(found, intent, confidence):
        return intent, _SURE
    return _likeliest(found, intent, confidence)


def _likeliest(found: Read, intent: Intent, confidence: float) -> tuple[Intent, float]:
    """Return the likeliest intent, or that of the rules, and how sure it is."""
    likely = likely_intents(found)
    if likely is None:
        return intent, confidence
    possible = {each: odds for each, odds in likely.items() if odds >= _LEAST.get(each, 0.0)}
    if not cues.BED.search(found.plain):
        possible.pop(Intent.FIND_LODGING, None)
    if found.facts.places:  # who names a place to go to does not want silence
        possible.pop(Intent.STOP, None)
    best = max(possible, key=lambda each: possible[each])
    if _rather_by_rule(found.facts, intent, best, possible[best]):
        return intent, min(confidence, possible[best])
    return best, min(1.0, possible[best])


def _rather_by_rule(facts: Facts, intent: Intent, best: Intent, odds: float) -> bool:
    """Tell whether the rules' intent is taken where the likeliest one is not likely enough."""
    if {best, intent} == _WISHES and not facts.context.has_interests:
        return True  # without a wish before, the wording alone tells the two apart
    if intent is Intent.OFF_TOPIC:
        return odds < _HARDLY  # no rule knows it either: better asked again than misread
    if best is not Intent.OFF_TOPIC or intent not in _WISHES:
        return False
    states = facts.places and facts.other_wishes and odds < _LIKELY
    short = len(facts.plain.split()) <= _FEW_WORDS and facts.share >= _HALF_OF_IT
    return states or (facts.sizes and short)


def answered(found: Read) -> Slots:
    """Return the slots of a message; a bare figure that we asked for is days, or else a price."""
    slots, facts = found.slots, found.facts
    if not _is_answer(facts) or facts.context.awaiting not in _WISHES:
        return slots
    figure = float(found.plain.strip(_EDGES))
    if 0 < figure <= _MOST_DAYS:
        told: dict[str, object] = {"duration": Duration(days=figure)}
    else:
        currency = "VND" if found.language == "vi" or figure >= _LEAST_DONG else "USD"
        told = {"budget": Budget(max=figure * _implied(figure, currency), currency=currency)}
    interests = slots.interests.model_copy(update=told)
    return replace(slots, interests=interests, ordinals=())


def _implied(figure: float, currency: str) -> float:
    """Return the unit in which a bare price in dong is counted: "500" are thousands."""
    return 1e3 if currency == "VND" and figure < _LEAST_DONG else 1.0


def _names_days(found: Read) -> bool:
    """Tell whether a message says little more than when the journey is to be: "in July"."""
    few = len(found.plain.split()) <= _BARE_WORDS
    return found.facts.dates and few and find_topic(found.plain) is None


def _surely(found: Read) -> Intent | None:
    """Return the intent that a slot settles by itself."""
    facts = found.facts
    if steering(found.plain) in _ABOUT_TASTE and not facts.places:
        return Intent.FEEDBACK
    if _asks_about_shown(found):
        return Intent.ASK
    stated = facts.wishes or facts.dates
    if found.slots.only_dates and facts.context.has_interests:
        return Intent.REFINE
    if facts.corrects and (stated or found.slots.people):
        return Intent.REFINE
    if _changes_shown(found):
        return Intent.REFINE
    amends = facts.context.has_interests and stated and cues.AMENDS.search(found.plain)
    if amends and not wants_lodging(found.plain):
        return Intent.REFINE
    if facts.drops and not facts.places and len(found.plain.split()) < _SHORT_WORDS:
        return Intent.REFINE
    return Intent.REFINE if facts.turns_down and stated and not facts.ordinals else None


def _changes_shown(found: Read) -> bool:
    """Tell whether a message is "show me shorter ones": the tours shown, but for one thing."""
    words = found.plain.split()
    if found.facts.context.shown == 0 or len(words) >= _FEW_ENOUGH_TO_COMPARE:
        return False
    if found.facts.ordinals or found.facts.places or cues.COMPARE.search(found.plain):
        return False
    return bool(changes_in(found.plain)) and cues.POLICY.search(found.plain) is None


def _states_a_budget(found: Read) -> bool:
    """Tell whether a message says what may be spent: "total budget 240 million for 12"."""
    told = found.slots.interests.budget is not None and cues.BUDGET.search(found.plain)
    asks = cues.ASK.search(found.plain) or cues.BOOK.search(found.plain)
    return bool(told) and not asks and len(found.plain.split()) < _SHORT_WORDS


def _asks_about_shown(found: Read) -> bool:
    """Tell whether a message is "how much is it?", about a tour that was shown."""
    facts, words = found.facts, found.plain.split()
    bare = not (facts.places or facts.wishes or facts.dates) and len(words) <= _FEW_WORDS
    asks = cues.ASK.search(found.plain) is not None and find_topic(found.plain) is not None
    return facts.context.shown > 0 and bare and asks


def _by_rule(found: Read, intent: Intent, confidence: float) -> bool:
    """Tell whether a rule is sure enough to need no second opinion."""
    words = len(found.plain.split())
    told = _only_criteria(found) or _only_compares(found) or _states_a_budget(found)
    if intent in _WISHES and told:
        return True
    if confidence < CUE:
        return False
    few = words <= _VERY_FEW_WORDS and intent in _SURE_IN_VERY_FEW
    return few or (words <= _FEW_WORDS and intent in _SURE_IN_FEW)


def _only_criteria(found: Read) -> bool:
    """Tell whether a message is a place and other criteria, and hardly a word more."""
    facts = found.facts
    bed = found.slots.interests.accommodation is not None
    criteria = facts.places and facts.other_wishes and facts.share >= _MOST_OF_IT
    return criteria and not bed and cues.ASK.search(found.plain) is None


def _only_compares(found: Read) -> bool:
    """Tell whether a message is "cheaper" or "dài quá" with a word or two around it."""
    short = len(found.plain.split()) < _FEW_WORDS - 1
    return short and not found.facts.ordinals and bool(changes_in(found.plain))


def _is_answer(facts: Facts) -> bool:
    """Tell whether a bare figure answers our question, and is not the number of a tour."""
    awaited = facts.context.awaiting in _ANSWERING
    return awaited and _ONLY_FIGURE.fullmatch(facts.plain) is not None


def _answer(found: Read) -> Intent | None:
    """Return what we asked for, where a message of few words gives it."""
    awaiting, facts = found.facts.context.awaiting, found.facts
    if awaiting not in _ANSWERING or len(found.plain.split()) >= _SHORT_WORDS:
        return None
    slots = found.slots
    if awaiting in _WISHES and _is_answer(facts):
        return awaiting
    if awaiting is Intent.SCHEDULE:
        return awaiting if slots.schedule is not None else None
    if awaiting is Intent.PAUSE:
        return awaiting if slots.pause_days is not None else None
    stated = facts.only_sizes and facts.sizes
    return awaiting if stated or facts.drops or (facts.dates and not facts.wishes) else None
