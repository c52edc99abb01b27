"""Measuring how well labelled messages are understood."""

import json
from pathlib import Path

import pytest

from conversation.understanding import Intent
from conversation.understanding.evaluation import Scores, score, table
from core.errors import InvalidInputError


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def message(text: str, intent: str, language: str = "en", **slots: object) -> dict[str, object]:
    return {"text": text, "language": language, "intent": intent, **slots}


def test_right_wrong_and_missing_slots_are_counted(tmp_path: Path) -> None:
    file = written(
        tmp_path / "few.jsonl",
        message(
            "3 days in Hue with kayaking", "find_tours",
            locations=["Huế"], duration={"days": 3}, wishes=["kayaking"],
        ),
        message("4 days in Hue", "find_tours", locations=["Huế"], duration={"days": 5}),
        message("hello", "stop"),
    )  # fmt: skip
    scores = score(file)
    assert scores.intent == pytest.approx(2 / 3)
    assert (scores.hits, scores.found, scores.wanted) == (4, 5, 5)
    assert scores.recall(Intent.STOP) == 0.0
    assert scores.recall(Intent.HUMAN) is None
    assert len(scores.misses) == 2


def test_all_that_one_labelled_phrase_names_is_right(tmp_path: Path) -> None:
    file = written(tmp_path / "one.jsonl", message("a homestay in Sapa", "find_tours",
        locations=["Sa Pa"], wishes=["homestay"]))  # fmt: skip
    assert score(file).slots_f1 == 1.0


def test_a_talk_gives_its_turns_their_context(tmp_path: Path) -> None:
    talk = {
        "turns": [
            message("3 days in Hue", "find_tours", locations=["Huế"], duration={"days": 3}),
            message("vegetarian food", "refine", wishes=["vegetarian food"]),
        ]
    }
    assert score(written(tmp_path / "talk.jsonl", talk)).intent == 1.0


def test_slots_that_a_file_does_not_label_are_not_judged(tmp_path: Path) -> None:
    bare = message("Da Lat in July", "find_tours", locations=["Đà Lạt"])
    assert score(written(tmp_path / "bare.jsonl", bare)).found == 1
    dated = {**bare, "dates": {"start": "2030-07-01", "end": "2030-07-31"}}
    assert score(written(tmp_path / "dated.jsonl", dated)).found == 3


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    file = written(tmp_path / "bad.jsonl", message("hello", "greeting"), {"text": "x"})
    with pytest.raises(InvalidInputError, match="line 2"):
        score(file)


def test_the_table_has_a_row_for_each_file() -> None:
    rows = table([("one", Scores()), ("two", Scores())]).splitlines()
    assert len(rows) == 4
    assert rows[2].startswith("| one | 0 |")
