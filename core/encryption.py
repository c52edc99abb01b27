"""Personal data at rest: encrypted with rotatable keys, found again through a keyed hash."""

import functools
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import ConfigurationError
from core.secrets import secret
from core.settings import settings


@dataclass(frozen=True, slots=True)
class _Cipher:
    """The newest key, and all of them with the newest first."""

    newest: Fernet
    all: MultiFernet


@functools.cache
def _cipher() -> _Cipher:
    keys = [key.get_secret_value() for key in settings().encryption_keys]
    keys = keys or [secret("encryption_key", new_key)]
    try:
        ciphers = [Fernet(key) for key in keys]
    except ValueError as error:
        raise ConfigurationError(f"ENCRYPTION_KEYS: {error}") from error
    return _Cipher(ciphers[0], MultiFernet(ciphers))


@functools.cache
def _index_key() -> bytes:
    configured = settings().blind_index_key
    key = configured.get_secret_value() if configured else secret("blind_index_key")
    return key.encode()


def encrypt(text: str) -> bytes:
    """Encrypt *text* with the newest key."""
    return _cipher().newest.encrypt(text.encode())


def decrypt(token: bytes) -> str:
    """Decrypt what `encrypt` made, with whichever key it was made.

    Raises:
        ConfigurationError: none of the configured keys opens it.
    """
    try:
        return _cipher().all.decrypt(bytes(token)).decode()
    except InvalidToken:
        raise ConfigurationError(
            "stored data cannot be decrypted: is the old key still in ENCRYPTION_KEYS?"
        ) from None


def renewed(token: bytes) -> bytes | None:
    """Return what `encrypt` made with an older key anew with the newest; None if it has that.

    Raises:
        ConfigurationError: none of the configured keys opens it.
    """
    cipher = _cipher()
    try:
        cipher.newest.decrypt(bytes(token))
    except InvalidToken:
        return encrypt(decrypt(token))
    return None


def new_key() -> str:
    """Return a fresh key for ``ENCRYPTION_KEYS``."""
    return Fernet.generate_key().decode()


def blind_index(text: str) -> bytes:
    """Return the keyed hash (HMAC-SHA256, 32 bytes) under which *text* is looked up."""
    return hmac.new(_index_key(), text.encode(), hashlib.sha256).digest()
