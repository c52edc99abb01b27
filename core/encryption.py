"""Personal data at rest: encrypted with rotatable keys, found again through a keyed hash."""

import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import ConfigurationError
from core.secrets import secret
from core.settings import settings


@functools.cache
def _cipher() -> MultiFernet:
    keys = [key.get_secret_value() for key in settings().encryption_keys]
    keys = keys or [secret("encryption_key", lambda: Fernet.generate_key().decode())]
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ConfigurationError(f"ENCRYPTION_KEYS: {error}") from error


@functools.cache
def _index_key() -> bytes:
    configured = settings().blind_index_key
    key = configured.get_secret_value() if configured else secret("blind_index_key")
    return key.encode()


def encrypt(text: str) -> bytes:
    """Encrypt *text* with the newest key."""
    return _cipher().encrypt(text.encode())


def decrypt(token: bytes) -> str:
    """Decrypt what `encrypt` made, with whichever key it was made.

    Raises:
        ConfigurationError: none of the configured keys opens it.
    """
    try:
        return _cipher().decrypt(bytes(token)).decode()
    except InvalidToken:
        raise ConfigurationError(
            "stored data cannot be decrypted: is the old key still in ENCRYPTION_KEYS?"
        ) from None


def blind_index(text: str) -> bytes:
    """Return the keyed hash (HMAC-SHA256, 32 bytes) under which *text* is looked up."""
    return hmac.new(_index_key(), text.encode(), hashlib.sha256).digest()
