"""Understanding a message: the rules where they are sure, a classifier where they are not."""

import structlog

from conversation.understanding import cues
from conversation.understanding.by_model import heard_by
from conversation.understanding.commands import agreement, only_thanks, whole_message
from conversation.understanding.deciding import answered, intent_of
from conversation.understanding.intents import changes_in, liking, steering
from conversation.understanding.parts import several
from conversation.understanding.reading import Reading
from conversation.understanding.schemas import Context, Intent, Language, Understanding
from conversation.understanding.slots import Read, read
from conversation.understanding.topics import find_topic
from core.ai import language_model
from core.ai.port import LanguageModel
from core.errors import ConfigurationError
from recommender.schemas import Interests

log = structlog.get_logger(__name__)

_NOTHING = Interests()
_BY_MODEL = 0.8
_STATES_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE, Intent.FIND_LODGING, Intent.BOOK})


def understand(text: str, context: Context | None = None) -> Understanding:
    """Return what a message means.

    Args:
        text: the message as it came: any length, any characters.
        context: what is known of the talk so far.
    """
    found = read(text, context or Context())
    return _understanding(found, *intent_of(found))


def understand_all(text: str, context: Context | None = None) -> list[Understanding]:
    """Return what each request of a message means: mostly one, at most three.

    Where a language model is configured it is asked too, except for commands.

    Args:
        text: the message as it came: any length, any characters.
        context: what is known of the talk so far.
    """
    context = context or Context()
    ours = several(text, context, understand)
    model = None if whole_message(Reading(text).text) else _model()
    return ours if model is None else heard_by(model, text, context, ours, _read_as)


def _model() -> LanguageModel | None:
    try:
        return language_model()
    except ConfigurationError as error:
        log.warning("understanding.no_model", reason=str(error))
        return None


def _read_as(text: str, context: Context, intent: Intent) -> Understanding:
    """Return what a message states, given what it wants."""
    return _understanding(read(text, context), intent, _BY_MODEL)


def _understanding(found: Read, intent: Intent, confidence: float) -> Understanding:
    slots, plain = answered(found), found.plain
    refines, speaks = intent is Intent.REFINE, intent is Intent.FEEDBACK
    return Understanding(
        intent=intent,
        language=found.language,
        interests=_stated(slots.interests, intent),
        excluded=slots.excluded,
        negated=slots.negated,
        changes=changes_in(plain) if refines else (),
        extra_days=slots.extra_days if refines else 0.0,
        replaces=slots.corrects or cues.REPLACES.search(plain) is not None,
        ordinals=slots.ordinals,
        people=slots.people,
        wanted_language=_wanted_language(plain) if intent is Intent.LANGUAGE else None,
        thanks=only_thanks(found.text),
        answers=agreement(found.text) is not None,
        liked=liking(found.text, plain) if speaks else None,
        steer=steering(plain) if speaks else None,
        dates=slots.dates if intent in _STATES_WISHES or intent is Intent.ASK else None,
        drops=slots.drops if intent in _STATES_WISHES else (),
        schedule=slots.schedule if intent is Intent.SCHEDULE else None,
        pause_days=slots.pause_days if intent is Intent.PAUSE else None,
        topic=find_topic(plain) if intent is Intent.ASK else None,
        turned_down=slots.turned_down,
        confidence=confidence,
    )


def _stated(interests: Interests, intent: Intent) -> Interests:
    """Return what a message with an intent wishes: a question only names places."""
    if intent in _STATES_WISHES:
        return interests
    return Interests(locations=interests.locations) if intent is Intent.ASK else _NOTHING


def _wanted_language(plain: str) -> Language | None:
    if "english" in plain or "tieng anh" in plain:
        return "en"
    return "vi" if "vietnamese" in plain or "tieng viet" in plain else None
