"""Agreeing to suggestions on a schedule, changing it, pausing it, ending it."""

import functools
import hashlib
import zoneinfo
from zoneinfo import ZoneInfo

from psycopg.rows import DictRow

from api.account.agreements import repository
from api.account.agreements.schemas import Consent, Plan, Wished
from conversation import repository as talks
from conversation import schedules
from conversation.replies import RECOMMENDATIONS, TEXT_VERSION
from conversation.understanding import Schedule
from core.audit.service import record, traveller
from core.database import Connection
from core.encryption import decrypt
from core.errors import InvalidInputError
from whatsapp.push.calendar import zone_of
from whatsapp.push.repository import cancel_unwanted

CHANNEL = "web"
PAUSES = (7, 14, 30)
"""Days for which suggestions may rest."""
EARLIEST, LATEST = schedules.EARLIEST, schedules.LATEST

_AREAS = frozenset(
    {
        "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
        "Pacific",
    }
)  # fmt: skip


@functools.cache
def zones() -> tuple[str, ...]:
    """Return the time zones to choose from, named after an area and a city."""
    known = zoneinfo.available_timezones()
    return tuple(sorted(name for name in known if name.partition("/")[0] in _AREAS and "/" in name))


def plan(connection: Connection, user_id: int, language: str) -> Plan:
    """Return what a traveller's suggestions stand at."""
    row = repository.plan(connection, user_id)
    addresses = talks.addresses(connection, user_id)
    wished = _wished(row) if row else None
    due = row["next_due_at"] if row and row["active"] else None
    if due is not None:
        due = due.astimezone(_zone(wished, addresses))
    return Plan(
        wished=wished,
        words=schedules.in_words(wished.schedule, language) if wished else "",
        active=bool(row and row["active"]),
        paused_until=row["paused_until"] if row else None,
        next_at=due,
        is_joined=bool(addresses),
        is_silenced=repository.is_silenced(connection, user_id),
    )


def terms(wished: Wished, language: str) -> str:
    """Return the words to which somebody agrees who wishes this.

    Raises:
        InvalidInputError: suggestions cannot come then.
    """
    _check(wished)
    return schedules.terms(wished.schedule, language)


def seal(words: str) -> str:
    """Return by what a form tells which words it has shown."""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def agree(connection: Connection, user_id: int, wished: Wished, language: str, shown: str) -> bool:
    """Store a schedule, and that the traveller agreed to its terms.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        wished: when suggestions shall come.
        language: in which the terms were shown.
        shown: the seal of the words that the page has shown.

    Returns:
        Whether it is agreed; False where other words were shown than would be now.

    Raises:
        InvalidInputError: suggestions cannot come then, or there is no number to send them to.
    """
    words = terms(wished, language)
    if not talks.addresses(connection, user_id):
        raise InvalidInputError("connect your WhatsApp first")
    if seal(words) != shown:
        return False
    talks.save_schedule(connection, user_id, wished.schedule)
    repository.save_zone(connection, user_id, wished.zone)
    _consent(connection, user_id, words, granted=True)
    _note(connection, user_id, "agreed")
    return True


def pause(connection: Connection, user_id: int, days: int) -> bool:
    """Send no suggestions for so many days; tell whether there were any to pause.

    Raises:
        InvalidInputError: nobody may choose so many days.
    """
    if days not in PAUSES:
        raise InvalidInputError("choose one of the lengths of the pause")
    paused = talks.pause_schedule(connection, user_id, days) is not None
    if paused:
        cancel_unwanted(connection, user_id)
        _note(connection, user_id, "paused")
    return paused


def resume(connection: Connection, user_id: int) -> bool:
    """Send suggestions again after a pause; tell whether there is a schedule to go on with."""
    resumed = talks.resume_schedule(connection, user_id)
    if resumed:
        _note(connection, user_id, "resumed")
    return resumed


def stop(connection: Connection, user_id: int, language: str) -> bool:
    """Send no suggestions any more; tell whether any were due."""
    stopped = talks.end_schedule(connection, user_id)
    if stopped:
        cancel_unwanted(connection, user_id)
        _consent(connection, user_id, schedules.ended(language), granted=False)
        _note(connection, user_id, "stopped")
    return stopped


def is_silenced(connection: Connection, user_id: int) -> bool:
    """Tell whether a traveller wrote STOP, which only START takes back."""
    return repository.is_silenced(connection, user_id)


def consents(connection: Connection, user_id: int) -> list[Consent]:
    """Return all that a traveller agreed to and withdrew, the newest first."""
    return [Consent(**row) for row in repository.consents(connection, user_id)]


def _wished(row: DictRow) -> Wished:
    return Wished(Schedule.model_validate(row), row["time_zone"])


def _zone(wished: Wished | None, addresses: list[bytes]) -> ZoneInfo:
    address = decrypt(addresses[-1]) if addresses else None
    return zone_of(wished.zone if wished else None, address)


def _check(wished: Wished) -> None:
    hour = wished.schedule.hour
    if wished.schedule.rhythm is None:
        raise InvalidInputError("say how often")
    if hour is not None and not EARLIEST <= hour <= LATEST:
        raise InvalidInputError(f"the hour must lie between {EARLIEST} and {LATEST}")
    if wished.zone is not None and wished.zone not in zones():
        raise InvalidInputError("there is no such time zone")


def _consent(connection: Connection, user_id: int, words: str, *, granted: bool) -> None:
    talks.record_consent(
        connection,
        user_id,
        RECOMMENDATIONS,
        granted=granted,
        text_shown=words,
        text_version=TEXT_VERSION,
        channel=CHANNEL,
    )


def _note(connection: Connection, user_id: int, how: str) -> None:
    record(connection, traveller(user_id), "schedule.changed", user_id, how=how)
