"""Hearing on this machine, with a Whisper model that faster-whisper runs."""

import io
import threading
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ConfigurationError, InvalidInputError, RetryLaterError
from core.speech.audio import LONGEST_S, clean_transcript

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

_RATE = 16_000
_SPOKEN = ("en", "vi")
_SURE = 0.8
"""A model this sure that it hears some third language is believed."""
_SILENT = 0.6
_GUESSED = -1.0
"""Whisper makes words up for silence; then it doubts both the speech and the words."""

Samples = np.ndarray[Any, np.dtype[np.float32]]


class LocalModel:
    """A Whisper model in this process: 8-bit integers, on the processor.

    Args:
        model: its folder, or a name that faster-whisper knows and then fetches once.
        timeout_s: seconds after which hearing is given up.

    Raises:
        ConfigurationError: faster-whisper is not installed, or cannot load the model.
    """

    def __init__(self, model: str, *, timeout_s: float) -> None:
        self.name = model
        self._timeout_s = timeout_s
        self._model = _load(model)
        self._lock = threading.Lock()  # two at once would each take twice as long

    def hear(self, audio: bytes, content_type: str, hints: Sequence[str] = ()) -> str:
        """Hear it here; see `core.speech.port.Transcriber.hear`."""
        spoken = _spoken(_samples(audio, content_type))
        if not spoken.size:
            return ""
        deadline = time.monotonic() + self._timeout_s
        if not self._lock.acquire(timeout=self._timeout_s):
            raise RetryLaterError("another voice note is being heard")
        try:
            return self._hear(spoken, hints, deadline)
        finally:
            self._lock.release()

    def _hear(self, spoken: Samples, hints: Sequence[str], deadline: float) -> str:
        segments, _ = self._model.transcribe(
            spoken,
            language=self._language(spoken),
            initial_prompt=", ".join(hints) or None,
            temperature=[0.0, 0.4],
            condition_on_previous_text=False,
        )
        return clean_transcript(" ".join(_heard(segments, deadline)))

    def _language(self, spoken: Samples) -> str:
        """Return the language, in doubt the likelier of those that we answer in."""
        language, likelihood, every = self._model.detect_language(spoken)
        if language in _SPOKEN or likelihood >= _SURE:
            return str(language)
        likelihoods = dict(every)
        return max(_SPOKEN, key=lambda each: likelihoods.get(each, 0.0))


def _load(model: str) -> "WhisperModel":
    try:
        from faster_whisper import WhisperModel
    except ImportError:
        raise ConfigurationError(
            "SPEECH_MODEL on this machine needs faster-whisper: pip install 'travelbuddy[speech]'"
        ) from None
    try:
        return WhisperModel(model, device="cpu", compute_type="int8")
    except (RuntimeError, ValueError, OSError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ConfigurationError(f"SPEECH_MODEL {model!r} cannot be loaded: {reason}") from None


def _samples(audio: bytes, content_type: str) -> Samples:
    """Return the sound as mono samples, shape (seconds x 16,000,).

    A small file can unfold to hours: what is longer than a voice note may be is not decoded.

    Raises:
        InvalidInputError: it is no audio, or lasts too long.
    """
    import av

    pieces: list[Samples] = []
    length = 0
    try:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
        with av.open(io.BytesIO(audio), mode="r", metadata_errors="ignore") as container:
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    pieces.append(part.to_ndarray().reshape(-1).astype(np.float32))
                    length += pieces[-1].size
                if length > LONGEST_S * _RATE:
                    raise InvalidInputError("the voice note lasts too long")
    except (av.FFmpegError, IndexError, ValueError):
        raise InvalidInputError(f"the file is no audio ({content_type})") from None
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def _spoken(samples: Samples) -> Samples:
    """Return the parts of the sound in which somebody speaks, shape (samples,)."""
    from faster_whisper.vad import collect_chunks, get_speech_timestamps

    if not samples.size:
        return samples
    parts, _ = collect_chunks(samples, get_speech_timestamps(samples))
    joined: Samples = np.concatenate(parts)
    return joined


def _heard(segments: Iterable["Segment"], deadline: float) -> Sequence[str]:
    """Return what was said; each segment is heard when it is asked for."""
    words = []
    for segment in segments:
        if time.monotonic() > deadline:
            raise RetryLaterError("hearing took too long")
        if segment.no_speech_prob < _SILENT or segment.avg_logprob > _GUESSED:
            words.append(segment.text)
    return words
