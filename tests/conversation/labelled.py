"""Labelled messages and how well they are understood."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conversation.understanding import Understanding, understand
from core.places.service import gazetteer
from recommender.vocabulary import vocabulary

UTTERANCES = Path(__file__).parent.parent / "fixtures" / "utterances"

Slot = tuple[str, str]


@dataclass(frozen=True)
class Scores:
    intent: float
    language: float
    slots_f1: float
    misses: list[str]


def load(name: str) -> list[dict[str, Any]]:
    lines = (UTTERANCES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(name: str) -> Scores:
    cases = load(name)
    hits = found = wanted = intents = languages = 0
    misses = []
    for case in cases:
        got = understand(case["text"])
        expected, actual = set(expected_slots(case)), set(actual_slots(got))
        hits, found, wanted = (
            hits + len(expected & actual),
            found + len(actual),
            wanted + len(expected),
        )
        intents += got.intent == case["intent"]
        languages += got.language == case["language"]
        if got.intent != case["intent"] or expected != actual or got.language != case["language"]:
            misses.append(
                f"{case['text']!r}: {got.language} {got.intent} (wanted {case['language']} "
                f"{case['intent']}) extra {sorted(actual - expected)} "
                f"missing {sorted(expected - actual)}"
            )
    return Scores(intents / len(cases), languages / len(cases), 2 * hits / (found + wanted), misses)


def expected_slots(case: dict[str, Any]) -> Iterator[Slot]:
    yield from (("location", _place(name)) for name in case.get("locations", ()))
    yield from (("excluded", _place(name)) for name in case.get("excluded", ()))
    yield from (("ordinal", str(number)) for number in case.get("ordinals", ()))
    yield from (("wish", _concept(phrase)) for phrase in case.get("wishes", ()))
    for name in ("duration", "budget"):
        yield from ((f"{name}.{key}", str(value)) for key, value in case.get(name, {}).items())


def actual_slots(got: Understanding) -> Iterator[Slot]:
    interests = got.interests.model_dump(exclude_defaults=True)
    yield from (("location", name) for name in got.interests.locations)
    yield from (("excluded", name) for name in got.excluded)
    yield from (("ordinal", str(number)) for number in got.ordinals)
    for field in ("transportation", "food", "activities", "accommodation", "notes"):
        yield from (
            ("wish", _concept(part)) for part in interests.get(field, "").split(", ") if part
        )
    for name in ("duration", "budget"):
        yield from ((f"{name}.{key}", str(value)) for key, value in interests.get(name, {}).items())


def _place(name: str) -> str:
    place = gazetteer().find(name)
    return place.name if place else name


def _concept(phrase: str) -> str:
    found = vocabulary().find(phrase)
    return found[0].concept.id if found else phrase
