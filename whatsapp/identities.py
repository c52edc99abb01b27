"""Who wrote: people have a phone number, a business-scoped id, or both, and are one user."""

from collections.abc import Sequence

from core.database import Connection
from core.encryption import blind_index, encrypt
from whatsapp import repository
from whatsapp.schemas import InboundMessage


def identities_of(connection: Connection, messages: Sequence[InboundMessage]) -> list[int]:
    """Return the id of each message's sender, adding addresses and users where they are new.

    All addresses are locked first, in one order: two batches at once cannot wait for each other.
    """
    indexes = {address: blind_index(address) for each in messages for address in _addresses(each)}
    repository.lock_addresses(connection, list(indexes.values()))
    rows = repository.identities(connection, list(indexes.values()))
    known = {bytes(row["address_index"]): int(row["id"]) for row in rows}
    found: dict[tuple[str, ...], int] = {}
    for message in messages:
        addresses = tuple(_addresses(message))
        if addresses not in found:
            alone = known.get(indexes[message.address]) if len(addresses) == 1 else None
            found[addresses] = alone or identity_of(connection, message)
    return [found[tuple(_addresses(message))] for message in messages]


def identity_of(connection: Connection, message: InboundMessage) -> int:
    """Return the id of the sender's address, adding address and user where they are new.

    Where the provider tells a second address of the same person, both lead to one user; two
    users who turn out to be one person are merged.
    """
    addresses = {blind_index(address): address for address in _addresses(message)}
    repository.lock_addresses(connection, list(addresses))
    known = repository.identities(connection, list(addresses))
    user_id = _one_user(connection, sorted({int(row["user_id"]) for row in known}))
    ids = {bytes(row["address_index"]): int(row["id"]) for row in known}
    for index, address in addresses.items():
        if index not in ids:
            ids[index] = repository.add_identity(connection, user_id, index, encrypt(address))
    return ids[blind_index(message.address)]


def _addresses(message: InboundMessage) -> list[str]:
    return [message.address, *([message.other_address] if message.other_address else [])]


def _one_user(connection: Connection, user_ids: list[int]) -> int:
    """The oldest of the users stays."""
    if not user_ids:
        return repository.add_user(connection)
    keep, *others = user_ids
    for other in others:
        repository.merge_users(connection, keep, other)
    return keep
