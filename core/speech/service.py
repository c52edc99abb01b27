"""Which model hears voice notes."""

import functools

from core.errors import ConfigurationError
from core.settings import settings
from core.speech.local import LocalModel
from core.speech.openai_compatible import TranscriptionServer
from core.speech.port import Transcriber


def transcriber() -> Transcriber | None:
    """Return what hears voice notes, as the settings say; None where nothing does.

    Raises:
        ConfigurationError: a server without a model's name, or a model that cannot be loaded.
    """
    chosen = settings()
    if not chosen.speech_base_url:
        return _local(chosen.speech_model, chosen.speech_timeout_s) if chosen.speech_model else None
    if not chosen.speech_model:
        raise ConfigurationError("SPEECH_BASE_URL needs SPEECH_MODEL: the model's name there")
    key = chosen.speech_api_key.get_secret_value() if chosen.speech_api_key else None
    return TranscriptionServer(
        chosen.speech_base_url, key, chosen.speech_model, timeout_s=chosen.speech_timeout_s
    )


@functools.lru_cache(maxsize=1)
def _local(model: str, timeout_s: float) -> LocalModel:
    """Return the one model of this process: it takes seconds to load, and much memory."""
    return LocalModel(model, timeout_s=timeout_s)
