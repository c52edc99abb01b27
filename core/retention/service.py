"""Letting go: blanks or deletes what is older than the settings allow, in small steps."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from core.audit.service import SYSTEM, record
from core.database import unit_of_work
from core.encryption import encrypt
from core.retention import repository
from core.settings import settings

log = structlog.get_logger(__name__)

RAN = "retention.ran"

_PAGES_AT_ONCE = 128  # a megabyte
_LONGEST_S = 1_800.0
_EVERY = timedelta(hours=23)


def run() -> dict[str, int]:
    """Let go of all that is too old; return how many rows that were, by the rule's name.

    Each step is a transaction of its own, and leaves alone what somebody is working with. What
    half an hour does not suffice for is left to the next run.
    """
    values, until = _values(), time.monotonic() + _LONGEST_S
    counts = {rule.name: _apply(rule, values, until) for rule in repository.RULES}
    with unit_of_work() as unit:
        record(unit.connection, SYSTEM, RAN, None, **counts)
    log.info("retention_ran", **counts)
    return counts


def look() -> dict[str, int]:
    """Return how many rows `run` would change or delete now, by the rule's name."""
    values = _values()
    with unit_of_work() as unit:
        return {
            rule.name: repository.count(unit.connection, rule, values) for rule in repository.RULES
        }


def is_due() -> bool:
    """Tell whether the last run is a day ago."""
    with unit_of_work() as unit:
        last = repository.last_ran(unit.connection, RAN)
    return last is None or datetime.now(UTC) - last > _EVERY


def _apply(rule: repository.Rule, values: dict[str, Any], until: float) -> int:
    total = 0
    with unit_of_work() as unit:
        pages = repository.pages(unit.connection, rule)
    for first in range(0, pages, _PAGES_AT_ONCE):
        if time.monotonic() > until:
            break
        with unit_of_work() as unit:
            total += repository.apply(unit.connection, rule, values, first, first + _PAGES_AT_ONCE)
    return total


def _values() -> dict[str, Any]:
    configured = settings()
    return {
        "message_days": configured.retention_message_days,
        "event_days": configured.retention_event_days,
        "activity_days": configured.retention_activity_days,
        "session_days": configured.retention_session_days,
        "guest_days": configured.retention_guest_days,
        "audit_days": configured.retention_audit_days,
        "blank": encrypt("{}"),
    }
