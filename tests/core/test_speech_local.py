"""A Whisper model on this machine, where one is given.

WHISPER_FOLDER names the folder of a faster-whisper model, and VOICE_SAMPLES a folder with sound
files and, beside each, a text file of the same name with what is said in it.
"""

import io
import os
import re
import wave
from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigurationError, InvalidInputError
from core.speech.audio import LONGEST_S
from core.speech.local import LocalModel

FOLDER = os.environ.get("WHISPER_FOLDER")
SAMPLES = os.environ.get("VOICE_SAMPLES")
RATE = 16_000

needs_model = pytest.mark.skipif(not FOLDER, reason="WHISPER_FOLDER names no model")


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return LocalModel(str(FOLDER), timeout_s=120)


def recording(samples: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return file.getvalue()


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    with pytest.raises(ConfigurationError, match="cannot be loaded") as caught:
        LocalModel(str(tmp_path), timeout_s=1)
    assert "\n" not in caught.value.message


@needs_model
@pytest.mark.parametrize("loudness", [0.0, 0.02])
def test_where_nobody_speaks_nothing_is_made_up(model: LocalModel, loudness: float) -> None:
    noise = np.random.default_rng(7).normal(0, 1, 4 * RATE).clip(-1, 1) * loudness
    assert model.hear(recording(noise), "audio/wav") == ""


@needs_model
@pytest.mark.parametrize("junk", [b"", b"OggS", b"no sound" * 1_000])
def test_what_is_no_sound_is_refused(model: LocalModel, junk: bytes) -> None:
    with pytest.raises(InvalidInputError):
        model.hear(junk, "audio/ogg")


@needs_model
def test_what_lasts_too_long_is_refused(model: LocalModel) -> None:
    with pytest.raises(InvalidInputError, match="too long"):
        model.hear(recording(np.zeros(int(RATE * (LONGEST_S + 1)))), "audio/wav")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def mistakes(said: list[str], heard: list[str]) -> int:
    """Count the words to add, drop or change."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            last, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, last + (word != other)),
            )
    return row[-1]


@needs_model
@pytest.mark.skipif(not SAMPLES, reason="VOICE_SAMPLES names no recordings")
def test_most_words_are_heard(model: LocalModel) -> None:
    wrong = total = 0
    for written in Path(str(SAMPLES)).glob("*.txt"):
        sound = next(each for each in written.parent.glob(f"{written.stem}.*") if each != written)
        said = words(written.read_text(encoding="utf-8"))
        wrong += mistakes(said, words(model.hear(sound.read_bytes(), "audio/ogg")))
        total += len(said)
    assert total > 0
    assert 1 - wrong / total > 0.75
