"""`travelbuddy bench webhook`: the whole service under load, with a bare handler beside it."""

import asyncio
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cli.children import Children
from cli.runtime import empty_database, free_ports
from core.database import unit_of_work
from core.settings import ROOT, environment
from ingestion.service import ingest
from whatsapp.bench import repository
from whatsapp.bench.bare import ADDRESS_VARIABLE
from whatsapp.bench.load import Outcome, at_once, at_rate, percentile, signed_requests

Tell = Callable[[str], None]

_ACCOUNT = "AC" + "b" * 32
_TOKEN = "the-measurement-signs-with-it"  # noqa: S105 - opens nothing but its own servers
_SAMPLE = ROOT / "examples" / "catalogue.jsonl"
_CONNECTIONS = 32
_IN_A_ROUND = 3_000
_START_TIMEOUT_S = 60.0
_POLL_S = 1.0
_SAID = (
    "hello",
    "3 days in Ha Long under 300 USD",
    "more",
    "1",
    "thanks",
    "cảm ơn bạn",
)
"""A talk as short as they come; the n-th message of every traveller is the n-th of these."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        rate: messages a second.
        seconds: for how long.
        travellers: how many write them, in turn.
        rounds: how often throughput is compared with the bare handler's.
        patience_s: how long to wait for the last answer.
    """

    rate: float
    seconds: float
    travellers: int
    rounds: int
    patience_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured.

    Attributes:
        bare_per_s: requests a second of a handler that only checks the signature.
        acknowledged_per_s: messages a second that were stored and acknowledged.
        ratio: the second over the first: the median over the rounds.
        sent: messages sent at the rate asked for.
        stored: those of them in the inbox.
        refused: those not acknowledged.
        p50_ms: of the time from when a message was due to its acknowledgement.
        p99_ms: likewise.
        answered: messages answered.
        given_up: those of them with an apology alone.
        overtaken: those answered before an earlier one of the same traveller.
        unsent: answers that were not handed over at the end.
        answering_s: from the first message to the last answer.
    """

    bare_per_s: int
    acknowledged_per_s: int
    ratio: float
    sent: int
    stored: int
    refused: int
    p50_ms: float
    p99_ms: float
    answered: int
    given_up: int
    overtaken: int
    unsent: int
    answering_s: float


@dataclass(frozen=True, slots=True)
class _Addresses:
    service: str
    bare: str
    simulator: str


def measure(plan: Plan, tell: Tell) -> Figures:
    """Run the service, a worker and the simulator on an empty database, and measure.

    Args:
        plan: what to measure.
        tell: is told what is being done.
    """
    addresses = _Addresses(*(f"http://127.0.0.1:{port}" for port in free_ports(3)))
    with empty_database(), environment(**_settings(addresses)):
        tell("Taking in the sample catalogue …")
        ingest(_SAMPLE)
        with _servers(addresses) as children:
            tell("Comparing with a bare handler …")
            bare, ours = _throughput(addresses, plan.rounds)
            with unit_of_work() as unit:
                repository.forget_everybody(unit.connection)
            children.start("worker", ["cli", "worker", "--beat", "--nice", "10"], {})
            tell(f"Sending {plan.rate:g} messages a second for {plan.seconds:g} s …")
            started = time.perf_counter()
            load = _load(addresses, plan)
            tell("Waiting for the last answer …")
            _wait_for_answers(children, load.accepted, started + plan.patience_s)
            return _figures(bare, ours, load, time.perf_counter() - started)


def _figures(
    bare: Sequence[float], ours: Sequence[float], load: Outcome, answering_s: float
) -> Figures:
    with unit_of_work() as unit:
        counts = repository.tally(unit.connection)
        overtaken = repository.overtaken(unit.connection)
    return Figures(
        bare_per_s=round(statistics.median(bare)),
        acknowledged_per_s=round(statistics.median(ours)),
        ratio=round(statistics.median(o / b for o, b in zip(ours, bare, strict=True)), 2),
        sent=load.accepted + load.refused,
        stored=counts["stored"],
        refused=load.refused,
        p50_ms=round(percentile(load.latencies_ms, 0.5), 1),
        p99_ms=round(percentile(load.latencies_ms, 0.99), 1),
        answered=counts["answered"],
        given_up=counts["given_up"],
        overtaken=overtaken,
        unsent=counts["unsent"],
        answering_s=round(answering_s, 1),
    )


def _settings(addresses: _Addresses) -> dict[str, str]:
    return {
        "PUBLIC_BASE_URL": addresses.service,
        "TWILIO_BASE_URL": addresses.simulator,
        "TWILIO_ACCOUNT_SID": _ACCOUNT,
        "TWILIO_AUTH_TOKEN": _TOKEN,
        "SIMULATOR_AUTH_TOKEN": _TOKEN,
        ADDRESS_VARIABLE: f"{addresses.bare}/webhooks/twilio",
    }


@contextmanager
def _servers(addresses: _Addresses) -> Iterator[Children]:
    """Run both web servers and the simulator; their logs go when they end."""
    ports = {name: getattr(addresses, name).rpartition(":")[2] for name in addresses.__slots__}
    commands = {
        "service": ["cli", "serve", "--port", ports["service"]],
        "bare": [
            "uvicorn", "whatsapp.bench.bare:create_app", "--factory", "--port", ports["bare"],
            "--no-access-log", "--log-level", "warning",
        ],
        "simulator": [
            "simulator", "--port", ports["simulator"], "--account-sid", _ACCOUNT,
            "--webhook-url", f"{addresses.service}/webhooks/twilio", "--read-delay", "-1",
        ],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as logs, Children(Path(logs)) as children:
        for name, command in commands.items():
            children.start(name, command, {})
        for name in commands:
            address = getattr(addresses, name)
            children.wait_until(name, functools.partial(_answers, address), _START_TIMEOUT_S)
        yield children


def _answers(url: str) -> bool:
    """Tell whether somebody listens; whatever the answer is."""
    try:
        httpx.get(url, timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def _throughput(addresses: _Addresses, rounds: int) -> tuple[list[float], list[float]]:
    """Return messages a second of the bare handler and of ours, round by round."""
    bare: list[float] = []
    ours: list[float] = []
    for number in range(1, rounds + 1):
        texts = [(each % 500, "hello") for each in range(_IN_A_ROUND)]
        for base, results in ((addresses.bare, bare), (addresses.service, ours)):
            url = f"{base}/webhooks/twilio"
            requests = signed_requests(url, _TOKEN, _ACCOUNT, texts, number)
            outcome = asyncio.run(at_once(url, requests, _CONNECTIONS))
            results.append(outcome.accepted / outcome.seconds)
    return bare, ours


def _load(addresses: _Addresses, plan: Plan) -> Outcome:
    number = round(plan.rate * plan.seconds)
    texts = [
        (each % plan.travellers, _SAID[each // plan.travellers % len(_SAID)])
        for each in range(number)
    ]
    url = f"{addresses.service}/webhooks/twilio"
    requests = signed_requests(url, _TOKEN, _ACCOUNT, texts, 0)
    return asyncio.run(at_rate(url, requests, plan.rate, _CONNECTIONS))


def _wait_for_answers(children: Children, expected: int, deadline: float) -> None:
    while time.perf_counter() < deadline:
        children.check()
        with unit_of_work() as unit:
            counts = repository.tally(unit.connection)
        if counts["answered"] >= expected and not counts["unsent"]:
            return
        time.sleep(_POLL_S)
