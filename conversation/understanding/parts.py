"""Several requests in one message: where one ends and the next begins."""

import re
from collections.abc import Callable, Iterator

from conversation.understanding.commands import whole_message
from conversation.understanding.reading import Reading
from conversation.understanding.schemas import Context, Intent, Understanding

MOST = 3
"""Requests of one message that are answered."""

Understand = Callable[[str, Context], Understanding]

_SURE = 0.5
_CERTAIN = 0.9
_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE})
_SMALL_TALK = frozenset({Intent.GREETING, Intent.OFF_TOPIC, Intent.HELP})
_ALONE = frozenset({Intent.STOP, Intent.START, Intent.DELETE_DATA, Intent.HUMAN})
"""What is answered alone, whatever else a message says."""

_VERBS = (
    r"(?:also|then|please|pls|can|could|would|what|whats|what's|when|where|how|which|is|are|does|do"
    r"|will|tell|show|send|remind|message|text|ping|notify|book|reserve|compare|save|bookmark|keep"
    r"|delete|stop|pause|switch|speak|talk|find me|give me|i want to (?:book|talk|speak)"
    r"|i'd like to (?:book|talk|speak)|let me know)"
)
_VERBS_VI = (
    r"(?:nhac|gui|nhan|bao|dat|chot|giu cho|so sanh|luu|cho (?:minh|em|toi|tui|xem|hoi)|tour nao"
    r"|tour (?:so )?\d|cai (?:so|thu|dau|cuoi)|so \d|gia|moi tuan|hang tuan|moi thang|hang thang"
    r"|co (?!bien|nui|an|ho|spa|view))"
)
_BETWEEN = re.compile(
    r"(?P<end>[.?!;]+)\s+(?=\S)"
    rf"|\s*,?\s*(?:\b(?:and|&|plus|but)\s+)(?={_VERBS}\b)"
    rf"|\s*,\s*(?:(?:oh|ah|um)\s*,?\s*)?(?={_VERBS}\b)"
    r"|\s*,?\s*\b(?:by the way|btw|also,|oh and|one more thing|another question)\b[\s,:]*"
    r"|\s*,?\s*\b(?:a ma|a con|tien the|nhan tien|luon tien|voi lai|ngoai ra|sang tien|con nua la"
    r"|cho hoi them|hoi them|a quen)\b[\s,:]*"
    rf"|\s*,?\s*\b(?:va|roi|xong|dong thoi|ma)\s+(?={_VERBS_VI}\b)"
    rf"|\s*,\s*(?={_VERBS_VI}\b)"
)


def several(text: str, context: Context, understand: Understand) -> list[Understanding]:
    """Return what each request of a message means: at least one, at most `MOST`.

    Args:
        text: the message.
        context: what is known of the talk so far.
        understand: returns what one request means.
    """
    whole = understand(text, context)
    if whole.intent in _ALONE or whole_message(Reading(text).text):
        return [whole]
    parts = list(_parts(text))
    if len(parts) < 2:
        return [whole]
    groups = _grouped(parts, context, understand)
    if len(groups) < 2:
        return [whole]
    return [said for _, said in groups][:MOST]


def _parts(text: str) -> Iterator[str]:
    reading = Reading(text)
    start = 0
    for match in _BETWEEN.finditer(reading.plain):
        end = match.end("end") if match["end"] else match.start()
        if reading.text[start:end].strip(" ,.;"):
            yield reading.text[start:end].strip(" ,")
            start = match.end()
    if rest := reading.text[start:].strip(" ,"):
        yield rest


def _grouped(
    parts: list[str], context: Context, understand: Understand
) -> list[tuple[str, Understanding]]:
    """Put the parts of one request together, and return each with its meaning."""
    groups: list[tuple[str, Understanding]] = []
    for part in parts:
        said = understand(part, _after(context, groups))
        if groups and _belong_together(groups[-1][1], said):
            joined = f"{groups[-1][0]}, {part}"
            before = groups[:-1]
            groups[-1] = joined, understand(joined, _after(context, before))
        elif not _says_nothing(said):
            groups.append((part, said))
    return groups


def _after(context: Context, groups: list[tuple[str, Understanding]]) -> Context:
    wished = any(not said.interests.is_empty() for _, said in groups)
    return context.model_copy(update={"has_interests": True}) if wished else context


def _belong_together(before: Understanding, said: Understanding) -> bool:
    """Tell whether two parts make one request: two halves of a wish, or an unsure addition."""
    if before.intent in _WISHES and said.intent in _WISHES:
        return True
    if said.confidence < _SURE:
        return True
    return before.intent is said.intent and (not said.ordinals or said.ordinals == before.ordinals)


def _says_nothing(said: Understanding) -> bool:
    """Tell whether a part asks for nothing, or for what only a clear word may bring about."""
    return said.intent in _SMALL_TALK or (said.intent in _ALONE and said.confidence < _CERTAIN)
