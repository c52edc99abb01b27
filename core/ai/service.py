"""Which language model is in use, and the record of its calls."""

import psycopg
import structlog

from core.ai.openai_compatible import OpenAICompatible
from core.ai.port import Call, LanguageModel
from core.ai.repository import add_call
from core.database import unit_of_work
from core.errors import ConfigurationError, TravelBuddyError
from core.settings import settings

log = structlog.get_logger(__name__)


def language_model() -> LanguageModel | None:
    """Return the configured language model; None where there is none.

    Raises:
        ConfigurationError: the settings name an address without a model, or the reverse.
    """
    chosen = settings()
    if not chosen.llm_base_url and not chosen.llm_model:
        return None
    if not chosen.llm_base_url or not chosen.llm_model:
        raise ConfigurationError("a language model needs both LLM_BASE_URL and LLM_MODEL")
    key = chosen.llm_api_key.get_secret_value() if chosen.llm_api_key else None
    return OpenAICompatible(
        chosen.llm_base_url, key, chosen.llm_model, timeout_s=chosen.llm_timeout_s, note=note_call
    )


def note_call(call: Call) -> None:
    """Take down a call in a transaction of its own: it was paid for, whatever comes next."""
    try:
        with unit_of_work() as unit:
            add_call(unit.connection, call)
    except (TravelBuddyError, psycopg.Error) as error:
        log.warning("ai_call_not_noted", purpose=call.purpose, fault=type(error).__name__)
