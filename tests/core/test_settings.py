"""Settings: their sources, their errors, and that `.env.example` tells the truth."""

import re

import pytest

from core.errors import ConfigurationError
from core.settings import ROOT, Settings, settings

ONLY_FOR_COMPOSE = {"POSTGRES_PASSWORD"}


def _documented() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text("utf-8")
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    fields = {name.upper() for name in Settings.model_fields}
    assert set(_documented()) - ONLY_FOR_COMPOSE == fields


def test_the_example_file_gives_the_defaults(configured: pytest.MonkeyPatch) -> None:
    for name in _documented():
        configured.delenv(name, raising=False)
    defaults = Settings()
    from_example = Settings(_env_file=ROOT / ".env.example")
    assert from_example == defaults


def test_the_environment_wins(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("BUSINESS_NAME", "Lotus Tours")
    configured.setenv("PUBLIC_BASE_URL", "https://bot.example/")
    settings.cache_clear()
    assert settings().business_name == "Lotus Tours"
    assert settings().public_base_url == "https://bot.example"


def test_a_value_that_cannot_be_is_one_clear_line(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("DATABASE_POOL_SIZE", "many")
    settings.cache_clear()
    with pytest.raises(ConfigurationError, match=r"^settings: database_pool_size: .+$"):
        settings()
