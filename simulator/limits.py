"""WhatsApp's and Twilio's limits: each can be adjusted and switched off."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.errors import ApiError, ControlError

TOO_FAST = 63018
HELD_BACK = 63049
MAX_PAIRS = 10_000
Answer = Literal["refuse", "callback"]


class Limit(BaseModel):
    """A limit; ``on`` says whether it applies."""

    model_config = ConfigDict(extra="forbid")

    on: bool = True


class Window(Limit):
    """How long a business may write freely after the person's last message."""

    hours: float = Field(default=24, gt=0, le=8760, allow_inf_nan=False)


class Throughput(Limit):
    """Messages a second from the business's number; the sandbox lets a third of one through."""

    per_second: float = Field(default=80, ge=0.001, le=100_000, allow_inf_nan=False)
    answer: Answer = "refuse"


class Pair(Limit):
    """Messages to one person: one in so many seconds, after a burst."""

    seconds: float = Field(default=6, gt=0, le=3600, allow_inf_nan=False)
    burst: int = Field(default=45, ge=1, le=100_000)
    answer: Answer = "callback"


class Tier(Limit):
    """Different people in 24 hours that the business may open a conversation with."""

    users: int = Field(default=250, ge=1, le=1_000_000)


class Marketing(Limit):
    """Marketing templates to one person within so many hours."""

    per_user: int = Field(default=3, ge=0, le=10_000)
    hours: float = Field(default=24, gt=0, le=8760, allow_inf_nan=False)


class Body(Limit):
    """Characters of a message's body."""

    characters: int = Field(default=1600, ge=1, le=65_536)


class Media(Limit):
    """The size and kind of a file.

    Attributes:
        bytes: Of any file.
        image_bytes: Of a picture.
        download: Whether the files that the bot sends are fetched and measured.
    """

    bytes: int = Field(default=16 * 1024 * 1024, ge=1, le=2**31)
    image_bytes: int = Field(default=5 * 1024 * 1024, ge=1, le=2**31)
    download: bool = False


class Limits(BaseModel):
    """Every limit of one simulator."""

    model_config = ConfigDict(extra="forbid")

    window: Window = Field(default_factory=Window)
    throughput: Throughput = Field(default_factory=Throughput)
    pair: Pair = Field(default_factory=Pair)
    tier: Tier = Field(default_factory=Tier)
    marketing: Marketing = Field(default_factory=Marketing)
    marketing_us: Limit = Field(default_factory=Limit)
    body: Body = Field(default_factory=Body)
    media: Media = Field(default_factory=Media)
    interactive: Limit = Field(default_factory=Limit)
    templates: Limit = Field(default_factory=Limit)

    def changed(self, change: Limits) -> Limits:
        """These limits with the parts that a change names.

        Raises:
            ControlError: If the outcome is no sensible set of limits.
        """
        merged = self.model_dump()
        for name, part in change.model_dump(exclude_unset=True).items():
            merged[name].update(part)
        try:
            return Limits.model_validate(merged)
        except ValidationError as error:
            raise ControlError(400, f"limits: {error.error_count()} values are wrong") from None


@dataclass(slots=True)
class _Bucket:
    """Lets ``size`` through at once and then one each ``seconds``."""

    level: float
    at: datetime

    def take(self, size: float, seconds: float, now: datetime) -> float:
        """Take one out; returns 0, or the seconds until there is one again."""
        gained = (now - self.at).total_seconds() / seconds
        self.level, self.at = min(float(size), self.level + gained), now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) * seconds


@dataclass(frozen=True, slots=True)
class Parcelled:
    """What a limit needs to know about a message.

    Attributes:
        identity: The phone.
        number: Its number, or None.
        opens: Whether the business opens a conversation with it.
        marketing: Whether it is an approved marketing template.
    """

    identity: str
    number: str | None
    opens: bool = False
    marketing: bool = False


@dataclass(slots=True)
class Meter:
    """Counts what was sent, and says when a limit is reached."""

    _number: _Bucket | None = None
    _pairs: dict[str, _Bucket] = field(default_factory=dict)
    _opened: dict[str, datetime] = field(default_factory=dict)
    _marketing: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, sent: Parcelled, limits: Limits, now: datetime) -> int | None:
        """Count a message; returns the error number that it will end with, or None.

        Raises:
            ApiError: 429 where a limit answers with a refusal; nothing is counted then.
        """
        speed, pair = limits.throughput, limits.pair
        size = max(1.0, speed.per_second)
        if self._number is None:
            self._number = _Bucket(size, now)
        late = speed.on and self._number.take(size, 1 / speed.per_second, now)
        if late:
            return _too_fast(speed.answer, late)
        bucket = self._pairs.setdefault(sent.identity, _Bucket(pair.burst, now))
        if len(self._pairs) > MAX_PAIRS:  # a bucket that nobody used for long is full again
            del self._pairs[next(iter(self._pairs))]
        late = pair.on and bucket.take(pair.burst, pair.seconds, now)
        if late:
            return _too_fast(pair.answer, late)
        return self._business_limits(sent, limits, now)

    def forget(self, identity: str) -> None:
        """Drop what is known of a phone that is no more."""
        self._pairs.pop(identity, None)
        self._marketing.pop(identity, None)

    def _business_limits(self, sent: Parcelled, limits: Limits, now: datetime) -> int | None:
        if sent.marketing and self._held_back(sent, limits, now):
            return HELD_BACK
        if sent.opens and limits.tier.on:
            return self._tier(sent.identity, limits.tier.users, now)
        return None

    def _held_back(self, sent: Parcelled, limits: Limits, now: datetime) -> bool:
        if limits.marketing_us.on and (sent.number or "").startswith("+1"):
            return True
        if not limits.marketing.on:
            return False
        earlier = self._marketing[sent.identity]
        while earlier and now - earlier[0] >= timedelta(hours=limits.marketing.hours):
            earlier.popleft()
        if len(earlier) >= limits.marketing.per_user:
            return True
        earlier.append(now)
        return False

    def _tier(self, identity: str, users: int, now: datetime) -> int | None:
        if len(self._opened) >= users:
            day_ago = now - timedelta(hours=24)
            self._opened = {who: at for who, at in self._opened.items() if at > day_ago}
            if identity not in self._opened and len(self._opened) >= users:
                return TOO_FAST
        self._opened[identity] = now
        return None


def _too_fast(answer: Answer, seconds: float) -> int:
    if answer == "refuse":
        raise ApiError(429, 20429, "Too Many Requests", max(1.0, round(seconds)))
    return TOO_FAST


def view(limits: Limits) -> dict[str, Any]:
    """The limits as JSON."""
    return limits.model_dump()
