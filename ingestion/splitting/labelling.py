"""What sentences are about, as a language model sees it: it labels them and writes nothing."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.ai.port import LanguageModel
from ingestion.splitting.schemas import Topic

MOST_AT_ONCE = 80
"""Sentences in one question."""

_PURPOSE = "splitting"
_INSTRUCTIONS = """\
You sort the numbered sentences of a tour's listing by what they are about. Labels:
transportation: how travellers get about: flights, trains, boats, cars, transfers, pick-ups.
food: meals, drinks and dishes that the tour offers.
activities: what travellers see and do: sights, walks, shows, free time.
accommodation: where they sleep: hotels, rooms, overnight stays.
notes: guides, conditions, prices, advice, and all that is not included or costs extra.
Give each number all labels that fit, and none where the sentence says nothing of them. What is
not included is notes alone, never transportation, food, activities or accommodation."""


class Label(BaseModel):
    """What the sentence with this number is about."""

    model_config = ConfigDict(extra="forbid")

    number: int
    topics: Annotated[list[Topic], Field(max_length=len(Topic))]


class Labels(BaseModel):
    """The labels of the sentences, by their numbers from 1."""

    model_config = ConfigDict(extra="forbid")

    labels: list[Label]


def labelled(texts: Sequence[str], model: LanguageModel) -> dict[int, frozenset[Topic]]:
    """Return the topics of *texts* by position; what the model passed over is left out.

    Raises:
        TravelBuddyError: the model cannot be asked, or did not answer in this form.
    """
    topics: dict[int, frozenset[Topic]] = {}
    for first in range(0, len(texts), MOST_AT_ONCE):
        part = texts[first : first + MOST_AT_ONCE]
        lines = "\n".join(f"{number}. {text}" for number, text in enumerate(part, start=1))
        answer = model.answer(_PURPOSE, _INSTRUCTIONS, lines, Labels)
        for label in answer.labels:
            if 1 <= label.number <= len(part):
                topics[first + label.number - 1] = frozenset(label.topics)
    return topics
