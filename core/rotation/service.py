"""Encrypting everything anew with the newest key, a few rows at a time."""

from collections.abc import Sequence
from typing import Any

import structlog
from psycopg.rows import DictRow

from core.audit.service import SYSTEM, record
from core.database import unit_of_work
from core.encryption import renewed
from core.errors import ConfigurationError
from core.rotation import repository
from core.rotation.repository import EncryptedTable
from core.rotation.schemas import Tally

log = structlog.get_logger(__name__)

_ROWS_AT_ONCE = 200


def rotate(*, dry_run: bool = False) -> dict[str, Tally]:
    """Encrypt with the newest key whatever has an older one; return the counts by table.

    Every batch is a transaction of its own. A run that is cut short has lost nothing, and the
    next one passes over what is done.

    Args:
        dry_run: count only; ``renewed`` is what would be.
    """
    tallies = {table.name: _rotate(table, dry_run=dry_run) for table in repository.TABLES}
    if not dry_run:
        values = sum(tally.renewed for tally in tallies.values())
        with unit_of_work() as unit:
            record(unit.connection, SYSTEM, "keys.rotated", None, values=values)
        log.info("keys_rotated", values=values)
    return tallies


def _rotate(table: EncryptedTable, *, dry_run: bool) -> Tally:
    tally, after, size = Tally(), None, _ROWS_AT_ONCE
    while size == _ROWS_AT_ONCE:
        with unit_of_work() as unit:
            rows = repository.batch(unit.connection, table, after, _ROWS_AT_ONCE)
            for column in table.columns:
                fresh = _fresh(rows, column, tally)
                if fresh and not dry_run:
                    repository.replace(unit.connection, table, column, fresh)
        size = len(rows)
        after = rows[-1]["key"] if rows else None
    return tally


def _fresh(rows: Sequence[DictRow], column: str, tally: Tally) -> list[tuple[Any, bytes]]:
    """Return the keys of rows whose value in a column has an older key, with the value anew."""
    fresh = []
    for row in rows:
        if row[column] is None:
            continue
        try:
            token = renewed(row[column])
        except ConfigurationError:
            tally.unreadable += 1
            continue
        if token is None:
            tally.current += 1
        else:
            tally.renewed += 1
            fresh.append((row["key"], token))
    return fresh
