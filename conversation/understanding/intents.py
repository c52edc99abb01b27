"""Which of the twenty intents a message has."""

import re
from dataclasses import dataclass

from conversation.understanding import cues
from conversation.understanding.commands import agreement, only_thanks, whole_message
from conversation.understanding.schemas import Change, Context, Intent, Steer

COMMAND = 1.0
"""How sure a rule is of a message that is a command as a whole."""

CUE = 0.9
"""How sure a rule is of a message that holds words which hardly mean anything else."""

_LIKELY, _GUESS = 0.75, 0.5
_THUMBS_UP = frozenset("👍❤💯😍🥰👏🔥")
_THUMBS_DOWN = frozenset("👎💔😡😠")
_TOUR = re.compile(r"\b(?:tour|trip)s?\b")
_SHORT_WORDS = 6
_ACCIDENT = 0.34
_ACCIDENT_WITH_PLACE = 0.2
_WAVES = frozenset("👋🙋")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the slots of a message tell about its intent.

    Attributes:
        text: the message in NFC.
        plain: its folded text, before anything was used up.
        places: whether it names a place to go to.
        wishes: whether it states any criterion at all.
        other_wishes: whether it states a criterion other than the place.
        sizes: whether it states a length or a price.
        only_sizes: whether it states nothing else.
        share: which share of its telling words states a criterion.
        excluded: whether it refuses a place or a concept.
        extends: whether it asks for a longer or shorter trip by so many days.
        ordinals: whether it speaks of numbered tours.
        dates: whether it says when the journey is to be.
        drops: whether it says that a criterion does not matter.
        rhythm: whether it says how often something is to come.
        pauses: whether it names a length of time, or until when.
        turns_down: whether it refuses numbered tours.
        corrects: whether it puts right what was said before.
        context: what is known of the talk so far.
    """

    text: str
    plain: str
    places: bool
    wishes: bool
    other_wishes: bool
    sizes: bool
    only_sizes: bool
    share: float
    excluded: bool
    extends: bool
    ordinals: bool
    dates: bool
    drops: bool
    rhythm: bool
    pauses: bool
    turns_down: bool
    corrects: bool
    context: Context


def classify(facts: Facts) -> tuple[Intent, float]:
    """Return the intent of a message and how sure that is, from 0 to 1."""
    for rule in (_as_a_whole, _as_steering, _by_phrase, _about_shown, _as_change, _as_request):
        intent = rule(facts)
        if intent is not None:
            return intent
    return Intent.OFF_TOPIC, _GUESS


def changes_in(plain: str) -> tuple[Change, ...]:
    """Return the comparisons with the tours shown that folded text makes."""
    found = (
        (Change.CHEAPER, cues.CHEAPER),
        (Change.SHORTER, cues.SHORTER),
        (Change.LONGER, cues.LONGER),
    )
    return tuple(change for change, pattern in found if pattern.search(plain))


def liking(text: str, plain: str) -> bool | None:
    """Return whether a message likes what was shown; None where it does not say."""
    if set(text) & _THUMBS_DOWN or cues.DISLIKED.search(plain):
        return False
    if set(text) & _THUMBS_UP or cues.LIKED.search(plain):
        return True
    return None


def steering(plain: str) -> Steer | None:
    """Return what folded text asks of the recommendations themselves; mostly nothing."""
    found = (
        (Steer.FORGET, cues.FORGET),
        (Steer.UNDO, cues.UNDO),
        (Steer.MORE_LIKE, cues.MORE_LIKE),
        (Steer.SHOW_SAVED, cues.SHOW_SAVED),
        (Steer.SAVE, cues.SAVE),
    )
    return next((steer for steer, pattern in found if pattern.search(plain)), None)


def _as_a_whole(facts: Facts) -> tuple[Intent, float] | None:
    if facts.context.person_offered and (agreed := agreement(facts.text)) is not None:
        return (Intent.HUMAN if agreed else Intent.HELP), COMMAND
    command = whole_message(facts.text)
    if command is Intent.START and not facts.context.stopped and facts.plain == "tiep tuc":
        return Intent.MORE, COMMAND
    if command is not None:
        return command, COMMAND
    if only_thanks(facts.text) or agreement(facts.text) is not None:
        return Intent.GREETING, COMMAND
    if not any(char.isalnum() for char in facts.text):
        return _of_signs(facts.text), _LIKELY
    return None


def _as_steering(facts: Facts) -> tuple[Intent, float] | None:
    """Judge what takes feedback back, or asks for tours like one that was shown."""
    steer = steering(facts.plain)
    if steer is None:
        return None
    if steer is Steer.MORE_LIKE and (facts.wishes or changes_in(facts.plain)):
        return None
    return Intent.FEEDBACK, CUE


def _of_signs(text: str) -> Intent:
    signs = set(text)
    if signs & (_THUMBS_UP | _THUMBS_DOWN):
        return Intent.FEEDBACK
    if signs & _WAVES:
        return Intent.GREETING
    return Intent.HELP if "?" in signs or not text else Intent.OFF_TOPIC


def _by_phrase(facts: Facts) -> tuple[Intent, float] | None:
    if cues.HUMAN.search(facts.plain) and not cues.POLICY.search(facts.plain):
        return Intent.HUMAN, CUE
    for intent, pattern in cues.ANYWHERE:
        if pattern.search(facts.plain) and not (intent is Intent.LANGUAGE and facts.wishes):
            return intent, CUE
    if cues.GREETING.search(facts.plain):
        return Intent.GREETING, CUE
    if cues.HELP.search(facts.plain) and not facts.wishes:
        return Intent.HELP, CUE
    return None


def _about_shown(facts: Facts) -> tuple[Intent, float] | None:
    """Judge messages about tours shown before, and about a place to sleep."""
    plain = facts.plain
    if cues.COMPARE.search(plain) and not facts.places:
        return Intent.COMPARE, CUE
    if wants_lodging(plain):
        return Intent.FIND_LODGING, CUE
    if cues.BOOK.search(plain) and (facts.ordinals or not facts.wishes):
        return (Intent.ASK, _LIKELY) if _asks_strongly(facts) else (Intent.BOOK, CUE)
    if facts.ordinals and not facts.other_wishes:
        return _about_numbered(facts)
    if cues.DETAILS.search(plain) and not facts.wishes and not cues.POLICY.search(plain):
        return Intent.DETAILS, _LIKELY
    return None


def _about_numbered(facts: Facts) -> tuple[Intent, float]:
    if changes_in(facts.plain):
        return Intent.REFINE, _LIKELY
    if cues.DETAILS.search(facts.plain) or cues.CONTENTS.search(facts.plain):
        return Intent.DETAILS, CUE
    if liking(facts.text, facts.plain) is not None:
        return Intent.FEEDBACK, CUE
    without_tour = _TOUR.sub(" ", facts.plain)
    aspect = cues.TRAVEL_TOPIC.search(without_tour) or cues.SHORT_TOPIC.search(without_tour)
    asks = aspect and cues.ASK.search(facts.plain)
    return (Intent.ASK, _LIKELY) if asks else (Intent.DETAILS, CUE)


def _asks_strongly(facts: Facts) -> bool:
    """Tell whether a message can only be a question, whatever it mentions."""
    return bool(cues.POLICY.search(facts.plain) or cues.STRONG_ASK.search(facts.plain))


def wants_lodging(plain: str) -> bool:
    """Tell whether a bed is wanted and no trip: a trip has days, a bed at most nights."""
    if cues.FIND_TOUR_VERB.search(plain) or cues.TRIP_LENGTH.search(plain):
        return False
    return cues.LODGING.search(plain) is not None


def _as_change(facts: Facts) -> tuple[Intent, float] | None:
    plain = facts.plain
    if facts.extends or (changes_in(plain) and not facts.places):
        return Intent.REFINE, CUE
    if cues.MORE.search(plain) and not facts.wishes:
        return Intent.MORE, CUE
    if facts.places:
        return _with_place(facts)
    if (facts.wishes or facts.excluded) and (cues.REFINE.search(plain) or _bare_exclusion(facts)):
        return Intent.REFINE, _LIKELY
    return None


def _bare_exclusion(facts: Facts) -> bool:
    return facts.excluded and not facts.wishes


def _with_place(facts: Facts) -> tuple[Intent, float] | None:
    """Judge a message that names a place: a wish, unless it only asks something about it."""
    if _is_question(facts) and not facts.sizes:
        return Intent.ASK, _LIKELY
    if _strays(facts):
        return Intent.OFF_TOPIC, _LIKELY
    completes = cues.ADDS_PLACE.search(facts.plain) or (
        facts.context.has_interests and cues.OTHER_PLACE.search(facts.plain)
    )
    return (Intent.REFINE if completes else Intent.FIND_TOURS), CUE


def _is_question(facts: Facts) -> bool:
    """Tell whether a message asks for a fact, rather than for tours."""
    plain = facts.plain
    if cues.POLICY.search(plain):
        return True
    if cues.ASK_FOR_TOURS.search(plain) or cues.FIND.search(plain):
        return False
    if facts.other_wishes and facts.places and not _asks_strongly(facts):
        return False
    return bool(cues.ASK.search(plain)) and _has_topic(facts)


def _has_topic(facts: Facts) -> bool:
    """Tell whether a question is about travel; a short one may be about what was shown."""
    if cues.TRAVEL_TOPIC.search(facts.plain):
        return True
    short = len(facts.plain.split()) <= _SHORT_WORDS or facts.context.shown > 0
    return short and cues.SHORT_TOPIC.search(facts.plain) is not None


def _as_request(facts: Facts) -> tuple[Intent, float] | None:
    plain = facts.plain
    if cues.OFF_TOPIC.search(plain) and _strays(facts):
        return Intent.OFF_TOPIC, CUE
    if _is_question(facts) and not facts.sizes:
        return Intent.ASK, _LIKELY
    if _strays(facts):
        return Intent.OFF_TOPIC, _LIKELY
    if facts.wishes:
        return (Intent.REFINE if _completes(facts) else Intent.FIND_TOURS), _LIKELY
    if liking(facts.text, plain) is not None:
        return Intent.FEEDBACK, _LIKELY
    if cues.FIND_TOUR_VERB.search(plain):
        return Intent.FIND_TOURS, _LIKELY
    return None


def _completes(facts: Facts) -> bool:
    """Tell whether criteria without a place go with a wish that was stated before."""
    if cues.FIND.search(facts.plain) or cues.FIND_TOUR_VERB.search(facts.plain):
        return False
    bare = facts.only_sizes and len(facts.plain.split()) < _SHORT_WORDS
    return facts.context.has_interests or bare


def _strays(facts: Facts) -> bool:
    """Tell whether a message is about something else than travel.

    A criterion among many words that state none is an accident: "when should I wash my car".
    """
    if cues.FIND_TOUR_VERB.search(facts.plain):
        return False
    if cues.OFF_TOPIC.search(facts.plain):
        return True
    least = _ACCIDENT_WITH_PLACE if facts.places else _ACCIDENT
    return facts.wishes and facts.share < least and not _wants_to_travel(facts)


def _wants_to_travel(facts: Facts) -> bool:
    if facts.places:
        return cues.FIND.search(facts.plain) is not None
    return cues.WANTS_TO_GO.search(facts.plain) is not None
