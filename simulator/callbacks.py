"""Signed HTTP requests towards the bot, with Twilio's time limits and retries."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urldefrag, urlencode, urlsplit

from simulator.clock import Clock
from simulator.faults import (
    DelayWebhooks,
    DuplicateWebhooks,
    Faults,
    LoseWebhooks,
    ReorderWebhooks,
)
from simulator.journal import Exchange, Half, Journal
from simulator.overrides import Overrides, split
from simulator.settings import Settings
from simulator.signature import signature
from simulator.wire import NoAnswerError, NotConnectedError, Wire

GATHER_SECONDS = 5.0
SUCCESS = 2  # the first digit of the statuses that mean it
AGENT = "TwilioProxy/1.1 (simulator)"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A form on its way to the bot.

    Attributes:
        url: The public address, which is signed.
        form: Names and values.
        identity: The phone it is about.
        sid: The message it is about.
        kind: "message", "reaction" or the status that is reported.
    """

    url: str
    form: dict[str, str]
    identity: str
    sid: str
    kind: str

    @property
    def channel(self) -> str:
        """What faults call it: one of ``messages`` and ``callbacks``."""
        return "messages" if self.kind in {"message", "reaction"} else "callbacks"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a parcel."""

    ok: bool
    http_status: int | None = None
    milliseconds: int = 0
    attempts: int = 0
    failure: str = ""
    reason: str | None = None
    body: str = ""
    content_type: str = ""
    sent: Half | None = None
    received: Half | None = None


class Log(Protocol):
    """Who is told of every attempt."""

    journal: Journal

    def note(self, exchange: Exchange) -> Exchange:
        """Put an attempt into the log."""
        ...


@dataclass(slots=True)
class _Batch:
    """Parcels that wait for more, to leave in the opposite order."""

    size: int
    parcels: list[tuple[Parcel, asyncio.Future[Outcome]]] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, parcel: Parcel) -> asyncio.Future[Outcome]:
        """Put a parcel in; what came of it is known later."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.parcels.append((parcel, answer))
        if len(self.parcels) >= self.size:
            self.full.set()
        return answer


class Courier:
    """Delivers parcels; every attempt becomes a line of the webhook log."""

    def __init__(
        self,
        wire: Wire,
        settings: Settings,
        clock: Clock,
        faults: Faults,
        log: Log,
    ) -> None:
        self._wire = wire
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._log = log
        self._batch: _Batch | None = None

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Post a parcel, with whatever is planned to befall it on the way."""
        if parcel.channel == "messages":
            if self._batch is not None:
                return await self._join(self._batch, parcel)
            if plan := self._faults.take(ReorderWebhooks):
                return await self._gather(plan.size, parcel)
        return await self._way(parcel)

    def unordered(self) -> bool:
        """Whether messages' webhooks may overtake each other just now, by a fault."""
        planned = self._faults.planned
        return self._batch is not None or planned(DelayWebhooks) or planned(ReorderWebhooks)

    async def _gather(self, size: int, parcel: Parcel) -> Outcome:
        """Start a batch, wait until it is full, and post it backwards."""
        batch = self._batch = _Batch(size)
        mine = batch.add(parcel)
        with contextlib.suppress(TimeoutError):  # nobody else came: those who did leave now
            async with asyncio.timeout(GATHER_SECONDS):
                await batch.full.wait()
        self._batch = None
        for waiting, answer in reversed(batch.parcels):
            answer.set_result(await self._way(waiting))
        return mine.result()

    async def _join(self, batch: _Batch, parcel: Parcel) -> Outcome:
        answer = batch.add(parcel)
        if batch.full.is_set():
            self._batch = None
        return await answer

    async def _way(self, parcel: Parcel) -> Outcome:
        channel = parcel.channel
        if self._faults.take(LoseWebhooks, channel):
            lost = Outcome(ok=False, reason="lost on the way, as planned")
            self._write(parcel, lost)
            return lost
        if late := self._faults.take(DelayWebhooks, channel):
            await self._clock.sleep(late.seconds)
        doubled = self._faults.take(DuplicateWebhooks, channel)
        copies = doubled.copies if doubled else 1
        outcomes = await asyncio.gather(*(self._insist(parcel) for _ in range(copies)))
        return outcomes[0]

    async def _insist(self, parcel: Parcel) -> Outcome:
        """Post a parcel, trying again where the URL's overrides ask for it."""
        url, overrides = split(parcel.url)
        headers = {
            "X-Twilio-Signature": signature(self._settings.auth_token, url, parcel.form),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            "User-Agent": AGENT,
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        started, attempts = time.monotonic(), 0
        while True:
            left = overrides.total_seconds - (time.monotonic() - started)
            outcome = await self._attempt(parcel, url, headers, overrides, max(left, 0.001))
            attempts += 1
            self._write(parcel, outcome)
            again = attempts <= overrides.retries and overrides.retry_on(outcome.failure)
            if outcome.ok or not again or time.monotonic() - started >= overrides.total_seconds:
                spent = round((time.monotonic() - started) * 1000)
                return replace(outcome, milliseconds=spent, attempts=attempts)

    async def _attempt(
        self,
        parcel: Parcel,
        url: str,
        headers: dict[str, str],
        overrides: Overrides,
        seconds: float,
    ) -> Outcome:
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                outcome = await self._post(self.route(url), parcel.form, headers, overrides)
        except NotConnectedError as error:
            reason = f"no connection to the webhook: {error} (11205)"
            outcome = Outcome(ok=False, failure="ct", reason=reason)
        except TimeoutError:
            outcome = Outcome(ok=False, failure="rt", reason="no answer in time (11200)")
        except NoAnswerError as error:
            outcome = Outcome(ok=False, failure="ct", reason=f"no whole answer: {error} (11200)")
        return replace(outcome, milliseconds=round((time.monotonic() - started) * 1000))

    async def _post(
        self, url: str, form: dict[str, str], headers: dict[str, str], patience: Overrides
    ) -> Outcome:
        body = urlencode(form).encode()
        answer = await self._wire.post(
            url,
            body,
            headers,
            connect_seconds=patience.connect_seconds,
            read_seconds=patience.read_seconds,
        )
        journal, status = self._log.journal, answer.status
        well = status // 100 == SUCCESS
        return Outcome(
            ok=well,
            http_status=status,
            failure="" if well else f"{status // 100}xx",
            reason=None if well else f"the webhook answered {status} (11200)",
            body=answer.body.decode("utf-8", "replace"),
            content_type=answer.headers.get("content-type", ""),
            sent=journal.half(headers, body),
            received=journal.half(answer.headers, answer.body),
        )

    def route(self, url: str) -> str:
        """Where a public address is reached from here (``deliver_to``)."""
        public, inside = self._settings.webhook_url, self._settings.deliver_to
        if not inside:
            return url
        if url == urldefrag(public).url:
            return urldefrag(inside).url
        origin = _origin(public)
        return _origin(inside) + url.removeprefix(origin) if url.startswith(origin) else url

    def _write(self, parcel: Parcel, outcome: Outcome) -> None:
        journal = self._log.journal
        self._log.note(
            Exchange(
                at=self._clock.now(),
                direction="out",
                method="POST",
                url=parcel.url,
                kind=parcel.kind,
                status=outcome.http_status,
                milliseconds=outcome.milliseconds,
                phone=parcel.identity,
                sid=parcel.sid,
                note=outcome.reason,
                request=outcome.sent or journal.half({}, urlencode(parcel.form).encode()),
                response=outcome.received or Half(),
            )
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
