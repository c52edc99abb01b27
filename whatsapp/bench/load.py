"""A sender of signed webhooks, light enough to share a machine with what it measures.

It writes requests that were made beforehand to raw sockets: an HTTP client would take more of the
processor than the server that is to be measured.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

_HEAD_END = b"\r\n\r\n"
_ANSWER_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the requests of one run.

    Attributes:
        accepted: how many were answered with 200.
        refused: how many were answered otherwise, or not at all.
        seconds: from the first request to the last answer.
        latencies_ms: of each accepted one, from when it was due until its answer was there; an
            answer that was late because requests before it were counts as late.
    """

    accepted: int
    refused: int
    seconds: float
    latencies_ms: tuple[float, ...]


def signed_requests(
    url: str, token: str, account_sid: str, texts: Sequence[tuple[int, str]], series: int
) -> list[bytes]:
    """Return one whole HTTP request for each text.

    Args:
        url: the public address of the webhook, which is also where it listens.
        token: to sign with.
        account_sid: whose messages they are.
        texts: the traveller's number and the words of each message.
        series: makes the messages' ids differ from those of other runs.
    """
    validator = RequestValidator(token)
    parts = urlsplit(url)
    requests = []
    for position, (traveller, text) in enumerate(texts):
        form = _form(account_sid, traveller, text, (series << 64) + position)
        body = urlencode(form).encode()
        signature = validator.compute_signature(url, form)
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


async def at_once(url: str, requests: Sequence[bytes], connections: int) -> Outcome:
    """Send *requests* as fast as *connections* of them are answered."""
    waiting = iter(requests)
    started = time.perf_counter()
    runs = await asyncio.gather(*(_drain(url, waiting) for _ in range(connections)))
    return _outcome([each for run in runs for each in run], time.perf_counter() - started)


async def at_rate(url: str, requests: Sequence[bytes], rate: float, connections: int) -> Outcome:
    """Send *requests* at *rate* a second, whether or not those before are answered."""
    due: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
    started = time.perf_counter()
    senders = [asyncio.create_task(_send_due(url, due)) for _ in range(connections)]
    for position, request in enumerate(requests):
        moment = started + position / rate
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        due.put_nowait((moment, request))
    for _ in senders:
        due.put_nowait(None)
    runs = await asyncio.gather(*senders)
    return _outcome([each for run in runs for each in run], time.perf_counter() - started)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least of *values* that *share* of them do not exceed; 0 where there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _form(account_sid: str, traveller: int, text: str, number: int) -> dict[str, str]:
    sid = f"SM{number:032x}"
    phone = f"84{900_000_000 + traveller}"
    return {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": text,
        "ChannelPrefix": "whatsapp",
        "From": f"whatsapp:+{phone}",
        "MessageSid": sid,
        "MessageType": "text",
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": f"Traveller {traveller}",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": "whatsapp:+14155238886",
        "WaId": phone,
    }


async def _drain(url: str, waiting: Iterator[bytes]) -> list[float | None]:
    line = _Line(url)
    latencies = [await line.ask(request, time.perf_counter()) for request in waiting]
    line.close()
    return latencies


async def _send_due(
    url: str, due: "asyncio.Queue[tuple[float, bytes] | None]"
) -> list[float | None]:
    line = _Line(url)
    latencies = []
    while (item := await due.get()) is not None:
        latencies.append(await line.ask(item[1], item[0]))
    line.close()
    return latencies


class _Line:
    """One connection, opened anew after it was lost."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes, due: float) -> float | None:
        """Return how long after *due* the answer came, in ms; None unless it is a 200."""
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                status = await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.close()
            return None
        return (time.perf_counter() - due) * 1000 if status == b"200" else None

    def close(self) -> None:
        """Let the connection go."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, request: bytes) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(_HEAD_END)
        await reader.readexactly(_length(head))
        return head.split(b" ", 2)[1]


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _outcome(latencies: Sequence[float | None], seconds: float) -> Outcome:
    accepted = tuple(each for each in latencies if each is not None)
    return Outcome(len(accepted), len(latencies) - len(accepted), seconds, accepted)
