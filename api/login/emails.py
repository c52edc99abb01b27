"""How an e-mail address is looked up without being readable in the database."""

from core.encryption import blind_index
from core.text import tidy


def index_of(email: str) -> bytes:
    """Return the keyed hash of an address, the same however its letters are written."""
    return blind_index(f"email {tidy(email).casefold()}")
