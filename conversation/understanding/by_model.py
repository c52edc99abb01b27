"""Understanding by a language model, where one is configured: every word of it is checked."""

import concurrent.futures
import functools
import re
from collections.abc import Callable

import structlog

from conversation.understanding.heard import Heard, HeardRequest, believed
from conversation.understanding.reading import Reading
from conversation.understanding.schemas import Context, Intent, Understanding
from core.ai.port import LanguageModel
from core.errors import TravelBuddyError
from core.text import fold

LONGEST_WAIT_S = 8.0
"""Seconds after which our own reading answers."""

_PURPOSE = "understand_message"
_WORKERS = 4
_LONG_NUMBER = re.compile(r"\+?\d(?:[\s().-]?\d){8,}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_OURS_ALONE = frozenset({Intent.STOP, Intent.START, Intent.DELETE_DATA})
"""What no model may decide: it silences us, or asks to erase."""

_INSTRUCTIONS = """You read one WhatsApp message of a traveller to a tour operator, in English or \
Vietnamese, and say what it asks for. You never answer it.
Split it into requests only where it asks for different things (at most 3); one wish with several \
criteria is one request. `words` is the part of the message that makes the request, copied.
Intents: find_tours a wish for trips; refine changes the wish before (cheaper, other place, other \
days, corrections); more further results; details all about one shown tour; compare; book how to \
book or pay, or taking a tour; find_lodging a place to stay; ask a question about tours, places or \
terms; feedback likes, dislikes, saving, similar ones, undo; schedule regular suggestions; pause; \
stop; start; my_data; delete_data; human a person, a complaint or trouble; language; help what you \
can do; greeting also thanks and goodbye; off_topic anything else.
Copy each place's `written` from the message; `name` is its common name. Give days of the trip \
(nights + 1), the price for one person for the whole trip with its ISO currency, wishes and \
refusals as short English noun phrases, numbers of tours (-1 for the last). Leave out what the \
message does not say."""

log = structlog.get_logger(__name__)

Read = Callable[[str, Context, Intent], Understanding]


def heard_by(
    model: LanguageModel, text: str, context: Context, ours: list[Understanding], read: Read
) -> list[Understanding]:
    """Return what a model makes of a message as far as the message bears it out.

    On any trouble, or after `LONGEST_WAIT_S`, it is our own reading.

    Args:
        model: the language model.
        text: the message.
        context: what is known of the talk so far.
        ours: our own reading.
        read: returns our reading of some words with an intent.
    """
    try:
        asked = _pool().submit(model.answer, _PURPOSE, _INSTRUCTIONS, _shown(text, context), Heard)
        heard = asked.result(timeout=LONGEST_WAIT_S)
    except (TravelBuddyError, concurrent.futures.TimeoutError) as error:
        log.warning("understanding.model_failed", fault=type(error).__name__)
        return ours
    intents = {each.intent for each in ours}
    if any(each.intent in _OURS_ALONE - intents for each in heard.requests):
        return ours
    return [_one(each, text, context, read) for each in _borne_out(heard, text)] or ours


def _one(heard: HeardRequest, text: str, context: Context, read: Read) -> Understanding:
    words = heard.words if heard.words.strip() else text
    return believed(heard, read(words, context, heard.intent), words)


def _borne_out(heard: Heard, text: str) -> list[HeardRequest]:
    """Return the requests whose words stand in the message; a single one takes all of it."""
    if len(heard.requests) == 1:
        return [heard.requests[0].model_copy(update={"words": text})]
    bare = fold(text)
    if all(each.words.strip() and fold(each.words) in bare for each in heard.requests):
        return heard.requests
    return []


def _shown(text: str, context: Context) -> str:
    """Return what the model is shown: no phone number, no address."""
    calm = _ADDRESS.sub("(address)", Reading(text).text)
    told = "a list of tours was shown" if context.shown else "no list was shown"
    wish = "a wish is known" if context.has_interests else "no wish is known yet"
    return f"{told}; {wish}\nmessage: {_LONG_NUMBER.sub('(number)', calm)}"


@functools.cache
def _pool() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(_WORKERS, thread_name_prefix="understanding")
