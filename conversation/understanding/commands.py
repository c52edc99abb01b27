"""Messages that are a command as a whole, in both languages."""

import csv
import re
from functools import cache
from pathlib import Path

from conversation.understanding.schemas import Intent, Language
from core.text import tidy, without_diacritics

_FILE = Path(__file__).parent / "data" / "commands.tsv"
_THANKS = "thanks"
_ANSWERS = Path(__file__).parent / "data" / "answers.tsv"

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_INNER = re.compile(r"[^\w\s'’]+")
_POLITE = frozenset(
    [
        "please",
        "pls",
        "plz",
        "now",
        "thanks",
        "ạ",
        "a",
        "nhé",
        "nhe",
        "nha",
        "nhá",
        "với",
        "voi",
        "nào",
        "đi",
        "di",
        "bạn",
        "ơi",
        "oi",
    ]
)


@cache
def _commands() -> dict[str, str]:
    """Return what each command means, by its wording with diacritics and without."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [(row["message"], row["intent"]) for row in csv.DictReader(file, delimiter="\t")]
    exact = {tidy(message).replace("-", " "): intent for message, intent in rows}
    return {without_diacritics(message): intent for message, intent in exact.items()} | exact


def whole_message(text: str) -> Intent | None:
    """Return the intent of a message that is a command and nothing else.

    Diacritics may be left out, but where they are typed they must be right: "đúng" (right) is not
    "dừng" (stop). Case, punctuation around it and words of politeness do not matter.

    Args:
        text: the message in NFC.
    """
    meaning = _meaning(text)
    return Intent(meaning) if meaning and meaning != _THANKS else None


def only_thanks(text: str) -> bool:
    """Tell whether a message only thanks, agrees or says goodbye."""
    return _meaning(text) == _THANKS


def agreement(text: str) -> bool | None:
    """Return whether a message only says yes or only says no; None where it says neither.

    Args:
        text: the message in NFC.
    """
    found = (_answers().get(form) for form in _forms(text))
    said = next(filter(None, found), None)
    return None if said is None else said == "yes"


def command_language(text: str) -> Language | None:
    """Return Vietnamese for a command whose right spelling has diacritics: "huy dang ky".

    Args:
        text: the message in NFC.
    """
    plain = _plain_vietnamese()
    return "vi" if any(form in plain for form in _forms(text)) else None


@cache
def _plain_vietnamese() -> frozenset[str]:
    """Return the commands of two words and more that are only without diacritics plain ASCII."""
    written = set(_commands())
    bare = {without_diacritics(m) for m in written if without_diacritics(m) != m and " " in m}
    return frozenset(bare)


@cache
def _answers() -> dict[str, str]:
    with _ANSWERS.open(encoding="utf-8", newline="") as file:
        rows = [(row["message"], row["answer"]) for row in csv.DictReader(file, delimiter="\t")]
    exact = {tidy(message): answer for message, answer in rows}
    return {without_diacritics(message): answer for message, answer in exact.items()} | exact


def _meaning(text: str) -> str | None:
    found = (_commands().get(form) for form in _forms(text))
    return next(filter(None, found), None)


def _forms(text: str) -> list[str]:
    """Return the message as compared, also without repetition and words of politeness."""
    bare = tidy(_INNER.sub(" ", _EDGES.sub("", text.casefold()))).replace("’", "'")
    words = bare.split()
    once = list(dict.fromkeys(words))
    polite = list(words)
    while polite and polite[-1] in _POLITE:
        polite.pop()
    while polite and polite[0] in _POLITE:
        polite.pop(0)
    return list(dict.fromkeys(filter(None, (bare, " ".join(once), " ".join(polite)))))
