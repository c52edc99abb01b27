"""When suggestions may come: by the traveller's own clock, and never at night."""

import csv
import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
DEFAULT_HOUR = 10

_DAYS = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 28}
_DEFAULT_BEGIN, _DEFAULT_END = 10, 20
_FIRST, _LAST = 7, 21
"""Hours in which something may be sent at all: not before seven, not from ten at night on."""
_HALVED = 2
"""After so many suggestions unread in a row they come half as often."""
_LONGEST_CODE = 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a traveller wishes suggestions.

    Attributes:
        name: daily, weekly, fortnightly or monthly, which is every fourth week.
        weekday: 0 is Monday; None takes it as it comes.
        hour: of their own day; None is the default.
        zone: their time zone.
        unread: how many in a row they did not read.
    """

    name: str
    weekday: int | None
    hour: int | None
    zone: ZoneInfo
    unread: int = 0

    @property
    def at(self) -> int:
        """The hour at which suggestions come: the one wished, moved out of the night."""
        wished = DEFAULT_HOUR if self.hour is None else self.hour
        return min(max(wished, _FIRST), _LAST)

    @property
    def days(self) -> int:
        """Days from one time to the next."""
        return _DAYS[self.name] * (2 if self.unread >= _HALVED else 1)

    def first_after(self, moment: datetime) -> datetime:
        """Return the first time after *moment*."""
        day = moment.astimezone(self.zone).date()
        while not (self._suits(day) and self._on(day) > moment):
            day += timedelta(days=1)
        return self._on(day)

    def next_after(self, due: datetime, moment: datetime) -> datetime:
        """Return the time that follows *due*, the first one after *moment*."""
        day = due.astimezone(self.zone).date() + timedelta(days=self.days)
        while not self._suits(day):
            day += timedelta(days=1)
        while self._on(day) <= moment:
            day += timedelta(days=self.days)
        return self._on(day)

    def is_awake(self, moment: datetime) -> bool:
        """Tell whether something may be sent at *moment*: by day, or in the hour they chose."""
        hour = moment.astimezone(self.zone).hour
        return min(_DEFAULT_BEGIN, self.at) <= hour < self._end_hour

    def awake_from(self, moment: datetime) -> datetime:
        """Return the first moment from *moment* on at which something may be sent."""
        if self.is_awake(moment):
            return moment
        local = moment.astimezone(self.zone)
        begin = min(_DEFAULT_BEGIN, self.at)
        day = local.date() if local.hour < begin else local.date() + timedelta(days=1)
        return self._on(day, begin)

    def awake_until(self, moment: datetime) -> datetime:
        """Return when the day in which *moment* lies is over for suggestions."""
        return self._on(moment.astimezone(self.zone).date(), self._end_hour)

    @property
    def _end_hour(self) -> int:
        return max(_DEFAULT_END, self.at + 1)

    def _suits(self, day: date) -> bool:
        return self.name == "daily" or self.weekday is None or day.weekday() == self.weekday

    def _on(self, day: date, hour: int | None = None) -> datetime:
        at = self.at if hour is None else hour
        return datetime.combine(day, time(at), self.zone).astimezone(UTC)


def zone_of(name: str | None, address: str | None) -> ZoneInfo:
    """Return a traveller's time zone: the one they named, else that of their phone's country.

    Args:
        name: as the time zone database calls it.
        address: a phone number in international form, or an id that begins with a country.
    """
    for candidate in (name, _zone_of_address(address or "")):
        try:
            if candidate:
                return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo(DEFAULT_ZONE)


def _zone_of_address(address: str) -> str | None:
    zones = _zones()
    if not address.startswith("+"):
        return zones.get(address.partition(".")[0])
    lengths = range(_LONGEST_CODE, 0, -1)
    return next((zones[address[: n + 1]] for n in lengths if address[: n + 1] in zones), None)


@functools.cache
def _zones() -> dict[str, str]:
    """Return zones by calling code and by country; of several the one where most people live."""
    with (Path(__file__).parent / "zones.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = {f"+{row['code']}": row["zone"] for row in rows}
    return codes | {row["country"]: row["zone"] for row in rows}
