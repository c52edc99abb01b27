"""Signed HTTP requests towards the bot, with Twilio's time limits and retries."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

import httpx

from simulator.clock import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.overrides import Overrides, split
from simulator.settings import Settings
from simulator.signature import signature
from simulator.state import State, WebhookCall
from simulator.twiml import MAX_BYTES
from simulator.views import call_view

AGENT = "TwilioProxy/1.1 (simulator)"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A form on its way to the bot.

    Attributes:
        url: The public address, which is signed.
        form: Names and values.
        identity: The phone it is about.
        sid: The message it is about.
        kind: "message" or the status that is reported.
    """

    url: str
    form: dict[str, str]
    identity: str
    sid: str
    kind: str


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


class Courier:
    """Delivers parcels; every attempt becomes a line of the webhook log."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        settings: Settings,
        state: State,
        events: Events,
        clock: Clock,
        faults: Faults,
    ) -> None:
        self._client = client
        self._settings = settings
        self._state = state
        self._events = events
        self._clock = clock
        self._faults = faults

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Post a parcel, or several copies of it at once where a fault is planned."""
        copies = self._faults.copies_due()
        outcomes = await asyncio.gather(*(self._insist(parcel) for _ in range(copies)))
        return outcomes[0]

    async def _insist(self, parcel: Parcel) -> Outcome:
        """Post a parcel, trying again where the URL's overrides ask for it."""
        url, overrides = split(parcel.url)
        headers = {
            "X-Twilio-Signature": signature(self._settings.auth_token, url, parcel.form),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            "User-Agent": AGENT,
        }
        started, attempts = time.monotonic(), 0
        while True:
            left = overrides.total_seconds - (time.monotonic() - started)
            outcome = await self._attempt(parcel, url, headers, overrides, max(left, 0.001))
            attempts += 1
            self._log(parcel, outcome)
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
        limits = httpx.Timeout(overrides.read_seconds, connect=overrides.connect_seconds)
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                outcome = await self._post(self.route(url), parcel.form, headers, limits)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            outcome = Outcome(ok=False, failure="ct", reason="no connection to the webhook (11205)")
        except (httpx.TimeoutException, TimeoutError):
            outcome = Outcome(ok=False, failure="rt", reason="no answer in time (11200)")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = Outcome(ok=False, failure="ct", reason=f"not reached: {error} (11200)")
        return replace(outcome, milliseconds=round((time.monotonic() - started) * 1000))

    async def _post(
        self, url: str, form: dict[str, str], headers: dict[str, str], limits: httpx.Timeout
    ) -> Outcome:
        request = self._client.build_request(
            "POST", url, data=form, headers=headers, timeout=limits
        )
        response = await self._client.send(request, stream=True)
        try:
            body = await _read(response)
        finally:
            await response.aclose()
        status = response.status_code
        if response.is_success:
            kind = response.headers.get("content-type", "")
            return Outcome(ok=True, http_status=status, body=body, content_type=kind)
        return Outcome(
            ok=False,
            http_status=status,
            failure=f"{status // 100}xx",
            reason=f"the webhook answered {status} (11200)",
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

    def _log(self, parcel: Parcel, outcome: Outcome) -> None:
        call = WebhookCall(
            at=self._clock.now(),
            identity=parcel.identity,
            sid=parcel.sid,
            kind=parcel.kind,
            url=parcel.url,
            http_status=outcome.http_status,
            milliseconds=outcome.milliseconds,
            reason=outcome.reason,
        )
        self._state.log.append(call)
        self._events.publish(parcel.identity, "webhook", call_view(call))


async def _read(response: httpx.Response) -> str:
    received = b""
    async for chunk in response.aiter_bytes():
        received += chunk
        if len(received) > MAX_BYTES:  # one too many is enough to see that it is too long
            break
    return received.decode("utf-8", "replace")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
