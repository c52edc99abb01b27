"""Judge the sample catalogue: how well does each tour serve each wish of examples/judged?

Usage: python -m scripts.judge_sample

Writes `queries.jsonl` and `qrels.tsv` there, from `wishes.jsonl` (wishes, and for each text of a
wish the words that a tour must use, chosen by reading) and `names.json` (the names under which
tours list a place). No ranker, gazetteer or vocabulary has a say in it. The rule:

    gain = 10 * place * (0.4 + 0.6 * mean of what else is stated), rounded to a whole number,

- place: the share of wished places that the tour lists; where none is wished, the mean of the
  stated texts takes its part, or a set would hold every tour that happens to be short enough;
- length: falls linearly from 1 to 0 at half the wished length off;
- price: 1 within the budget, falls linearly to 0 half as much again above it (or half below);
- a text: 1 if the tour uses one of the words, else 0;
- one half where the tour states no length or price, or has neither the text's field nor the words.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.money import convert
from core.text import fold

FOLDER = Path(__file__).parents[1] / "examples" / "judged"
CATALOGUE = FOLDER.parent / "catalogue.jsonl"
TEXTS = ("transportation", "food", "activities", "accommodation", "notes")
_HOURS_PER_DAY = 8
_UNKNOWN = 0.5
_ALLOWANCE = 0.5

Row = Mapping[str, Any]


def main() -> None:
    """Judge all tours for all wishes and write the set."""
    for name, text in judged_set().items():
        (FOLDER / name).write_text(text, "utf-8", newline="\n")


def judged_set() -> dict[str, str]:
    """Return the contents of the two files that are made here, by their names."""
    names = json.loads((FOLDER / "names.json").read_text("utf-8"))
    wishes, tours = read_rows(FOLDER / "wishes.jsonl"), read_rows(CATALOGUE)
    queries = [json.dumps(query(wish), ensure_ascii=False) for wish in wishes]
    gains = [(wish["id"], *found) for wish in wishes for found in judge(wish, tours, names).items()]
    return {
        "queries.jsonl": "".join(f"{line}\n" for line in queries),
        "qrels.tsv": "".join("\t".join(map(str, row)) + "\n" for row in gains),
    }


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file with one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def query(wish: Row) -> dict[str, Any]:
    """Return a wish as a ranker sees it: its text if it has one, else its interests."""
    asked = "text" if "text" in wish else "interests"
    return {"id": wish["id"], asked: wish[asked]}


def judge(wish: Row, tours: Sequence[Row], names: Mapping[str, Row]) -> dict[str, int]:
    """Return the gains of the tours that serve a wish at all, by their ids."""
    gains = {tour["id"]: gain(wish, tour, names) for tour in tours}
    return {key: value for key, value in gains.items() if value}


def gain(wish: Row, tour: Row, names: Mapping[str, Row]) -> int:
    """Return how well one tour serves one wish, from 0 to 10."""
    asked = wish["interests"]
    texts = [_text(tour, name, wish["words"][name]) for name in TEXTS if name in asked]
    rest = texts + [
        share(asked[name], tour)
        for name, share in (("duration", _length), ("budget", _price))
        if name in asked
    ]
    place = _place(asked["locations"], tour, names) if "locations" in asked else _mean(texts)
    return round(10 * place * (0.4 + 0.6 * _mean(rest)))


def _place(wished: Sequence[str], tour: Row, names: Mapping[str, Row]) -> float:
    return _mean([float(_visits(tour, names[place])) for place in wished])


def _visits(tour: Row, place: Row) -> bool:
    if "country" in place:
        return place["country"] in tour.get("country", "").split(", ")
    return not set(place["names"]).isdisjoint(tour.get("locations", []))


def _length(wished: Row, tour: Row) -> float:
    if "duration" not in tour:
        return _UNKNOWN
    days = _days(wished)
    return max(0.0, 1 - abs(_days(tour["duration"]) - days) / (_ALLOWANCE * days))


def _days(duration: Row) -> float:
    hours = duration.get("hours", 0)
    return float(duration.get("days") or min(1, hours / _HOURS_PER_DAY))


def _price(budget: Row, tour: Row) -> float:
    price = tour.get("price")
    if price is None:
        return _UNKNOWN
    amount = convert(price["amount"], price["currency"], budget["currency"])
    over = (amount - budget["max"]) / budget["max"] if "max" in budget else 0.0
    under = (budget["min"] - amount) / budget["min"] if "min" in budget else 0.0
    return min(1.0, max(0.0, 1 - max(over, under) / _ALLOWANCE))


def _text(tour: Row, field: str, words: Sequence[str]) -> float:
    said = " ".join(str(tour.get(name, "")) for name in (field, "title", "description"))
    plain = re.sub(r"[^a-z0-9]+", " ", fold(said))
    if any(re.search(rf"\b{_pattern(word)}\b", plain) for word in words):
        return 1.0
    return 0.0 if field in tour else _UNKNOWN


def _pattern(word: str) -> str:
    """Return a word as a pattern; a star at its end stands for any ending."""
    return word.removesuffix("*") + (r"\w*" if word.endswith("*") else "")


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares) if shares else 1.0


if __name__ == "__main__":
    main()
