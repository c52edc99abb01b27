"""The labelled messages, and what is made of them: filled in, misspelt, without diacritics."""

import csv
import random
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conversation.understanding.schemas import Context, Intent, Language
from core.text import without_diacritics

DATA = Path(__file__).parent.parent / "data"
MESSAGES = DATA / "training.tsv"
FILLINGS = DATA / "fillings.tsv"

_SLOT = re.compile(r"\{([a-z]+)2?\}")
_MOST_FILLED = 3
_MISTYPED = 0.4
_KEEPS_CONTEXT = 0.6
_STAYS_KNOWN = 0.75
_CONTEXTS = {
    "": Context(),
    "wish": Context(has_interests=True),
    "list": Context(has_interests=True, shown=3),
    "person": Context(person_offered=True),
}
_BEFORE = {
    "en": ("hi, ", "hello ", "hey ", "ok ", "so ", "um ", "please ", "sorry, ", "and "),
    "vi": ("shop ơi ", "ad ơi, ", "dạ ", "bạn ơi ", "chào shop, ", "à ", "thế ", "em ơi "),
}
_BEHIND = {
    "en": (" please", " pls", " thanks", " :)", "?", "!", " mate", " ok?", " asap", "??"),
    "vi": (" ạ", " nhé", " nha", " với", " shop", " giúp mình", " vậy", " ad", " đi", " ha"),
}
_SLANG = {
    "không": ("ko", "k", "hông", "hok"), "mình": ("mk", "mik"), "được": ("đc", "dc"),
    "bạn": ("bn", "b"), "gì": ("j",), "vậy": ("v",), "nhiều": ("nhìu",), "muốn": ("mún",),
    "you": ("u",), "are": ("r",), "please": ("plz",), "the": ("teh", ""), "for": ("4",),
    "want to": ("wanna",), "about": ("abt",), "and": ("n", "&"), "what": ("wat",), "with": ("w",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A message whose intent is known.

    Attributes:
        text: the message.
        intent: what it wants.
        context: what is known of the talk.
        group: number of the line it was made from; those of one group are never parted.
    """

    text: str
    intent: Intent
    context: Context
    group: int


def load_examples() -> list[Example]:
    """Return all examples, always the same ones in the same order."""
    fillings = _fillings()
    found: dict[tuple[str, Context], Example] = {}
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        for group, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
            for example in _made_from(group, row, fillings):
                found.setdefault((example.text, example.context), example)
    return list(found.values())


def _made_from(
    group: int, row: dict[str, str], fillings: dict[tuple[str, str], list[str]]
) -> Iterator[Example]:
    # The same lines give the same examples on every machine: the seed is the line itself.
    chance = random.Random(f"{row['language']}{row['message']}")  # noqa: S311
    language: Language = "vi" if row["language"] == "vi" else "en"
    times = 1 + min(_MOST_FILLED, row["message"].count("{"))
    for _ in range(times):
        text = _filled(row["message"], language, fillings, chance)
        for variant in _variants(text, language, chance):
            context = _context(row, chance)
            yield Example(variant, Intent(row["intent"]), context, group)


def _variants(text: str, language: Language, chance: random.Random) -> Iterator[str]:
    """Yield a message as it is, in a frame of politeness, in slang and with a typing error."""
    yield text
    framed = _framed(text, language, chance)
    other = _mistyped(_slang(framed, chance), chance) if chance.random() < _MISTYPED else framed
    yield other
    if language == "vi":
        yield without_diacritics(_slang(text, chance)).lower()


def _context(row: dict[str, str], chance: random.Random) -> Context:
    """Return the context stated; what needs none comes with one at times, and the reverse."""
    stated = _CONTEXTS[row["context"]]
    if row["context"] == "person":
        return stated
    if row["context"]:
        return stated if chance.random() < _STAYS_KNOWN else _CONTEXTS[""]
    keeps = row["intent"] == Intent.FIND_TOURS and "{place" not in row["message"]
    if keeps or chance.random() < _KEEPS_CONTEXT:
        return _CONTEXTS[""]
    return _CONTEXTS[chance.choice(("wish", "list"))]


def _fillings() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with FILLINGS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["slot"], row["language"]].append(row["text"])
    return found


def _filled(
    message: str, language: str, fillings: dict[tuple[str, str], list[str]], chance: random.Random
) -> str:
    return _SLOT.sub(lambda slot: chance.choice(fillings[slot[1], language]), message)


def _framed(text: str, language: Language, chance: random.Random) -> str:
    kind = chance.randrange(3)
    if kind == 0:
        return chance.choice(_BEFORE[language]) + text
    if kind == 1:
        return text.rstrip("?.! ") + chance.choice(_BEHIND[language])
    return text.capitalize() + chance.choice(("", ".", "!", "..."))


def _slang(text: str, chance: random.Random) -> str:
    for word, shorts in _SLANG.items():
        if chance.random() < 0.7:
            text = re.sub(rf"\b{word}\b", chance.choice(shorts), text)
    return text


def _mistyped(text: str, chance: random.Random) -> str:
    """Return a text with one letter left out, doubled, swapped or wrong in its longest words."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not places:
        return text
    at = chance.choice(places)
    word, spot = words[at], chance.randrange(1, len(words[at]) - 1)
    wrong = chance.choice(string.ascii_lowercase)
    words[at] = chance.choice(
        (
            word[:spot] + word[spot + 1 :],
            word[:spot] + word[spot] + word[spot:],
            word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :],
            word[:spot] + wrong + word[spot + 1 :],
        )
    )
    return " ".join(words)
