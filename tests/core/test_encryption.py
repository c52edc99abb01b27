"""Personal data at rest."""

import json

import pytest
from cryptography.fernet import Fernet

from core import encryption
from core.encryption import blind_index, decrypt, encrypt
from core.errors import ConfigurationError
from core.settings import settings


@pytest.fixture(autouse=True)
def _fresh_keys(configured: pytest.MonkeyPatch) -> None:
    _forget_keys()
    configured.delenv("ENCRYPTION_KEYS", raising=False)


def _forget_keys() -> None:
    settings.cache_clear()
    encryption._cipher.cache_clear()
    encryption._index_key.cache_clear()


def test_what_is_encrypted_comes_back_and_does_not_show() -> None:
    token = encrypt("+84901234567")
    assert b"+84901234567" not in token
    assert decrypt(token) == "+84901234567"
    _forget_keys()  # another process reads the same key from the state folder
    assert decrypt(token) == "+84901234567"


def test_keys_can_be_rotated(configured: pytest.MonkeyPatch) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    configured.setenv("ENCRYPTION_KEYS", json.dumps([old]))
    _forget_keys()
    token = encrypt("before")
    configured.setenv("ENCRYPTION_KEYS", json.dumps([new, old]))
    _forget_keys()
    assert decrypt(token) == "before"
    configured.setenv("ENCRYPTION_KEYS", json.dumps([new]))
    _forget_keys()
    with pytest.raises(ConfigurationError, match="ENCRYPTION_KEYS"):
        decrypt(token)


def test_the_index_finds_the_same_and_tells_nothing() -> None:
    assert blind_index("+84901234567") == blind_index("+84901234567")
    assert blind_index("+84901234567") != blind_index("+84901234568")
    assert len(blind_index("+84901234567")) == 32


def test_a_key_of_the_wrong_form_is_named(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("ENCRYPTION_KEYS", '["short"]')
    _forget_keys()
    with pytest.raises(ConfigurationError, match="ENCRYPTION_KEYS"):
        encrypt("anything")
