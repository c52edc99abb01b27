"""Looking at dead letters, sending them again, and dropping them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog
from psycopg.rows import DictRow

from core.audit.service import record
from core.database import Connection, UnitOfWork
from core.encryption import decrypt
from core.errors import NotFoundError
from whatsapp.desk.service import AT_TERMINAL
from whatsapp.letters import repository
from whatsapp.letters.schemas import Direction, Letter, LetterId
from whatsapp.outbox import repository as outbox
from whatsapp.reading import read
from whatsapp.schemas import Content

log = structlog.get_logger(__name__)

MOST_LISTED = 1_000


def letters(connection: Connection, limit: int = 100, *, show_text: bool = False) -> list[Letter]:
    """Return the letters, the newest failure first; whose words are shown, it is noted."""
    rows = repository.letters(connection, limit)
    if show_text:
        _note_read(connection, rows)
    return [_letter(row, show_text=show_text) for row in rows]


def letter(connection: Connection, letter_id: LetterId, *, show_text: bool = False) -> Letter:
    """Return one letter.

    Raises:
        NotFoundError: there is none of that name, or no more.
    """
    row = repository.letter(connection, letter_id.direction, letter_id.number)
    if row is None:
        raise NotFoundError(f"there is no letter {letter_id}")
    if show_text:
        _note_read(connection, [row])
    return _letter(row, show_text=show_text)


def _note_read(connection: Connection, rows: Sequence[DictRow]) -> None:
    for user_id in sorted({row["user_id"] for row in rows}):
        record(connection, AT_TERMINAL, "thread.read", user_id, letters=True)


def replay(
    unit: UnitOfWork,
    ids: Sequence[LetterId],
    answer: Callable[[int], object],
    deliver: Callable[[int], object],
) -> list[LetterId]:
    """Send letters again, or answer them; return those for which that was done.

    What has been replayed, or dropped, is no letter any more: a second time does nothing.

    Args:
        unit: in whose transaction.
        ids: which letters.
        answer: hands an address over to be answered, once the transaction is committed.
        deliver: hands an address over to be sent to.
    """
    done = []
    for each in ids:
        if not _held(unit.connection, each):
            continue
        if each.direction is Direction.OUT:
            if outbox.queue_copy(unit.connection, each.number, however_late=True) is None:
                continue
            identity_id = repository.identity_of(unit.connection, each.number)
            unit.after_commit(lambda who=identity_id: deliver(who))  # type: ignore[misc]
        else:
            identity_id = repository.answer_again(unit.connection, each.number)
            unit.after_commit(lambda who=identity_id: answer(who))  # type: ignore[misc]
        done.append(each)
        log.info("letter_replayed", letter=str(each))
    return done


def drop(connection: Connection, ids: Sequence[LetterId]) -> list[LetterId]:
    """Take letters off the list; they stay in the history. Return those that were on it."""
    done = [each for each in ids if _held(connection, each)]
    for each in done:
        if each.direction is Direction.OUT:
            outbox.settle(connection, each.number)
        else:
            repository.drop_inbound(connection, each.number)
        log.info("letter_dropped", letter=str(each))
    return done


def _held(connection: Connection, each: LetterId) -> bool:
    """Hold a letter; False where it is none, or none any more."""
    if each.direction is Direction.OUT:
        repository.lock_outbound(connection, each.number)
    else:
        repository.lock_inbound(connection, each.number)
    return repository.letter(connection, each.direction, each.number) is not None


def _letter(row: DictRow, *, show_text: bool) -> Letter:
    found = Letter(
        id=LetterId(Direction(row["direction"]), row["id"]),
        user_id=row["user_id"],
        reason=row["reason"],
        attempts=row["attempts"],
        failed_at=row["failed_at"],
        created_at=row["created_at"],
        priority=row["priority"],
    )
    return replace(found, text=_text(row)) if show_text else found


def _text(row: DictRow) -> str:
    if row["content"] is None:
        payload = json.loads(decrypt(row["payload_encrypted"]))
        said = read(row["provider"], payload)
        return said.text or said.choice or ""
    content = Content.model_validate(row["content"])
    labels = [choice.label for choice in content.choices]
    lines = [content.body, *(f"[{label}]" for label in labels)]
    if not content.body and content.template is not None:
        lines = [f"template {content.template.name}"]
    return "\n".join(line for line in lines if line)
