"""The vocabulary's data: TOML files written by hand, read once.

A file belongs to one criterion (its ``criterion``). ``ordinary_en`` and ``ordinary_vi`` list
phrases that mean nothing although a part of them would. Every other table is a concept::

    ["food.vegan"]
    en = "vegan food | vegan | plant-based"
    vi = "món thuần chay | thuần chay"
    broader = ["food.vegetarian"]
    conflicts = ["food.steak"]

The first phrase of a language is the concept's label. An English word stands for its plural too,
one in -ing for all forms of its verb, and one written ``=fishing`` for that form only.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from recommender.schemas import Criterion
from recommender.vocabulary.concepts import Concept

_FILE_KEYS = frozenset({"criterion", "ordinary_en", "ordinary_vi"})
_CONCEPT_KEYS = frozenset({"en", "vi", "broader", "conflicts"})


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases of one concept, or (with none) phrases that mean nothing."""

    criterion: Criterion
    concept: Concept | None
    english: tuple[str, ...]
    vietnamese: tuple[str, ...]


def load() -> Iterator[Wording]:
    """Yield all wordings of the vocabulary, by file and in the order of each file.

    Raises:
        ValueError: a file holds something that a vocabulary file must not hold.
    """
    for file in _data_files():
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        criterion = Criterion(table["criterion"])
        yield Wording(
            criterion,
            None,
            _phrases(table.get("ordinary_en", "")),
            _phrases(table.get("ordinary_vi", "")),
        )
        for name, entry in table.items():
            if name not in _FILE_KEYS:
                yield _wording(name, criterion, entry)


def load_ordinary_words() -> frozenset[str]:
    """Return the English words that look like slips of the vocabulary's words and are none."""
    text = (files(__package__) / "spelling.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["ordinary_words"].split())


def _data_files() -> list[Traversable]:
    folder = files(__package__) / "data"
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return sorted(found, key=lambda file: file.name)


def _wording(name: str, criterion: Criterion, entry: Mapping[str, Any]) -> Wording:
    if unknown := entry.keys() - _CONCEPT_KEYS:
        raise ValueError(f"{name}: unknown {', '.join(sorted(unknown))}")
    english, vietnamese = _phrases(entry["en"]), _phrases(entry["vi"])
    concept = Concept(
        name,
        criterion,
        {"en": english[0].removeprefix("="), "vi": vietnamese[0]},
        tuple(entry.get("broader", ())),
        tuple(entry.get("conflicts", ())),
    )
    return Wording(criterion, concept, english, vietnamese)


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase for part in text.split("|") if (phrase := part.strip()))
