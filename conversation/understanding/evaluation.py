"""How well labelled messages are understood."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.understanding.schemas import Context, Intent, Language, Understanding
from conversation.understanding.service import understand
from conversation.understanding.wishes import concept_labelled
from core.errors import InvalidInputError
from core.places.service import gazetteer
from core.validation import faults
from recommender.vocabulary import vocabulary

_TEXTS = ("transportation", "food", "activities", "accommodation", "notes")
_PAGE = 3
_WISHES = frozenset({Intent.FIND_TOURS, Intent.REFINE})
_ALWAYS = frozenset({"locations", "excluded", "ordinals", "wishes", "duration", "budget"})
_LISTED = ("drops", "turned_down")
_SINGLE = ("steer", "topic", "pause_days")

Slot = tuple[str, str]


class Labelled(BaseModel):
    """A message and what it means; a slot that is left out is not stated.

    Attributes:
        wishes: each as a short noun phrase; `negated` likewise, for what is refused.
        duration: `days` (or `min_days`), `max_days`, `hours`, `max_hours`.
        budget: for one person: `max`, `min`, `currency`.
    """

    model_config = ConfigDict(extra="ignore")

    text: str
    language: Language
    intent: Intent
    context: Context = Context()
    locations: list[str] = []
    excluded: list[str] = []
    wishes: list[str] = []
    negated: list[str] = []
    ordinals: list[int] = []
    duration: dict[str, float] = {}
    budget: dict[str, float | str] = {}
    dates: dict[str, str] = {}
    schedule: dict[str, str | int] = {}
    drops: list[str] = []
    turned_down: list[int] = []
    steer: str | None = None
    topic: str | None = None
    pause_days: int | None = None


class _Line(BaseModel):
    turns: list[Labelled] = Field(min_length=1)


@dataclass
class Scores:
    """What was measured on one file.

    Attributes:
        messages: how many there are.
        intents: how many intents are right; `languages` likewise.
        hits: slots that are right; `found` are all that were found, `wanted` all labelled.
        by_intent: for each labelled intent, how many are right and how many there are.
        misses: a line for each message that is not understood in full.
    """

    messages: int = 0
    intents: int = 0
    languages: int = 0
    hits: int = 0
    found: int = 0
    wanted: int = 0
    by_intent: dict[Intent, list[int]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    @property
    def intent(self) -> float:
        """Share of intents that are right."""
        return self.intents / max(1, self.messages)

    @property
    def language(self) -> float:
        """Share of languages that are right."""
        return self.languages / max(1, self.messages)

    @property
    def slots_f1(self) -> float:
        """F1 over all slots of the file; 1 where there is none."""
        both = self.found + self.wanted
        return 2 * self.hits / both if both else 1.0

    def recall(self, intent: Intent) -> float | None:
        """Share of the messages with an intent that are read so; None where there is none."""
        right, all_ = self.by_intent.get(intent, [0, 0])
        return right / all_ if all_ else None

    def for_json(self) -> dict[str, object]:
        """Return the figures."""
        return {
            "messages": self.messages,
            "intent_accuracy": round(self.intent, 4),
            "language_accuracy": round(self.language, 4),
            "slot_f1": round(self.slots_f1, 4),
            "recall_by_intent": {
                intent.value: round(self.recall(intent) or 0.0, 4)
                for intent in Intent
                if intent in self.by_intent
            },
        }


def score(file: Path) -> Scores:
    """Return how well the messages of a file are understood.

    Args:
        file: a JSON object a line: a message, or ``{"turns": [...]}``, a talk.

    Raises:
        InvalidInputError: it cannot be read or a line is wrong.
    """
    talks = load(file)
    judged = _ALWAYS.union(*(turn.model_fields_set for talk in talks for turn in talk))
    scores = Scores()
    for talk in talks:
        for case, context in zip(talk, _contexts(talk), strict=True):
            _judge(scores, case, understand(case.text, context), judged)
    return scores


def load(file: Path) -> list[list[Labelled]]:
    """Return the talks of a file; a message by itself is a talk of one turn.

    Raises:
        InvalidInputError: it cannot be read or a line is wrong.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    return [_talk(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _talk(file: Path, number: int, line: str) -> list[Labelled]:
    try:
        if '"turns"' in line:
            return _Line.model_validate_json(line).turns
        return [Labelled.model_validate_json(line)]
    except ValidationError as error:
        raise InvalidInputError(f"{file}, line {number}: {faults(error)}") from None


def _contexts(talk: list[Labelled]) -> Iterator[Context]:
    """Yield what is known before each turn, by the labels of those before it."""
    context = Context()
    for turn in talk:
        yield turn.context if "context" in turn.model_fields_set else context
        wished = turn.intent in _WISHES
        context = Context(
            language=turn.language,
            has_interests=context.has_interests or wished,
            shown=_PAGE if wished or context.shown else 0,
        )


def _judge(scores: Scores, case: Labelled, got: Understanding, judged: frozenset[str]) -> None:
    found = set(_found(got, judged))
    wanted = set(_wanted(case, found))
    found -= {slot for slot in _also_named(case) if slot not in wanted}
    found -= _open_ends(case, found)
    right = got.intent is case.intent
    counts = scores.by_intent.setdefault(case.intent, [0, 0])
    counts[0] += right
    counts[1] += 1
    scores.messages += 1
    scores.intents += right
    scores.languages += got.language == case.language
    scores.hits += len(wanted & found)
    scores.wanted += len(wanted)
    scores.found += len(found)
    if not right or wanted != found or got.language != case.language:
        scores.misses.append(
            f"{case.text!r}: {got.language} {got.intent} (wanted {case.language} {case.intent}) "
            f"extra {sorted(found - wanted)} missing {sorted(wanted - found)}"
        )


def _wanted(case: Labelled, found: set[Slot]) -> Iterator[Slot]:
    yield from (("locations", _place(name)) for name in case.locations)
    yield from (("excluded", _place(name)) for name in case.excluded)
    yield from (("ordinals", str(number)) for number in case.ordinals)
    yield from (_best("wishes", phrase, found) for phrase in case.wishes)
    yield from (_best("negated", phrase, found) for phrase in case.negated)
    duration = {("days" if key == "min_days" else key): n for key, n in case.duration.items()}
    for name, values in (("duration", duration), ("budget", case.budget)):
        yield from _named(name, values)
    yield from _named("dates", case.dates)
    yield from _named("schedule", case.schedule)
    yield from _others(case.model_dump())


def _found(got: Understanding, judged: frozenset[str]) -> Iterator[Slot]:
    yield from (slot for slot in _all_found(got) if slot[0].partition(".")[0] in judged)


def _all_found(got: Understanding) -> Iterator[Slot]:
    interests = got.interests.model_dump(exclude_defaults=True)
    yield from (("locations", name) for name in got.interests.locations)
    yield from (("excluded", name) for name in got.excluded)
    yield from (("ordinals", str(number)) for number in got.ordinals)
    yield from (("negated", name) for name in got.negated)
    for name in _TEXTS:
        parts = interests.get(name, "").split(", ")
        yield from (
            ("wishes", concept_labelled(part) or _concepts(part)[0]) for part in parts if part
        )
    yield from _named("duration", interests.get("duration", {}))
    yield from _named("budget", interests.get("budget", {}))
    dumped = got.model_dump(mode="json")
    yield from _named("dates", dumped["dates"] or {})
    yield from _named("schedule", dumped["schedule"] or {})
    yield from _others(dumped)


def _named(name: str, values: Mapping[str, Any]) -> Iterator[Slot]:
    for key, value in values.items():
        if value is not None:
            number = isinstance(value, int | float)
            yield f"{name}.{key}", f"{float(value):g}" if number else str(value)


def _others(values: Mapping[str, Any]) -> Iterator[Slot]:
    for name in _LISTED:
        yield from ((name, str(each)) for each in values[name] or ())
    yield from ((name, str(values[name])) for name in _SINGLE if values[name] is not None)


def _best(slot: str, phrase: str, found: set[Slot]) -> Slot:
    """Return the slot that a phrase labels: of the concepts it names, one that was found."""
    named = [(slot, name) for name in _concepts(phrase)]
    return next((each for each in named if each in found), named[0])


def _also_named(case: Labelled) -> Iterator[Slot]:
    """Yield every concept that the labelled phrases name: "homestay" is a bed and a pastime."""
    for slot, phrases in (("wishes", case.wishes), ("negated", case.negated)):
        yield from ((slot, name) for phrase in phrases for name in _concepts(phrase))


def _open_ends(case: Labelled, found: set[Slot]) -> set[Slot]:
    """Return the ends of a length that the label leaves open and the reading has to set."""
    ends = ("days", "max_days") if case.duration else ()
    told = {"days" if key == "min_days" else key for key in case.duration}
    return {
        slot for slot in found for end in ends if slot[0] == f"duration.{end}" and end not in told
    }


def _place(name: str) -> str:
    place = gazetteer().find(name)
    return place.name if place else name


def _concepts(phrase: str) -> list[str]:
    """Return the ids of the concepts that a phrase names; itself where it names none."""
    return [match.concept.id for match in vocabulary().find(phrase)] or [phrase]


def table(measured: Iterable[tuple[str, Scores]]) -> str:
    """Return the figures of several files as a Markdown table."""
    lines = [
        "| set | messages | intent | language | slot F1 | off-topic recall |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, scores in measured:
        off_topic = scores.recall(Intent.OFF_TOPIC)
        recall = "–" if off_topic is None else f"{off_topic:.3f}"
        lines.append(
            f"| {name} | {scores.messages} | {scores.intent:.3f} | {scores.language:.3f} "
            f"| {scores.slots_f1:.3f} | {recall} |"
        )
    return "\n".join(lines)
