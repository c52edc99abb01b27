"""What is said and what breaks, when: all of it drawn from one seed."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos.parts import StopMode

TEXTS = ("hello", "help", "my data", "saved tours", "thanks")


@dataclass(frozen=True, slots=True)
class Said:
    """A message: when, by which of the travellers, and its words."""

    at: float
    traveller: int
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """Something goes away for a while."""

    at: float
    part: str
    away_s: float
    mode: StopMode = "fast"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the messaging provider does wrong."""

    at: float
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much happens.

    Attributes:
        messages: that the travellers send.
        travellers: who send them.
        seconds: in which they do.
        breaks: how often each part goes away.
        fault_every_s: how often something new goes wrong with the provider.
        patience_s: how long all may take to settle after that.
    """

    messages: int
    travellers: int
    seconds: float
    breaks: Mapping[str, int]
    fault_every_s: float
    patience_s: float


def words(seed: int, scale: Scale) -> list[Said]:
    """Return the messages in their order; some follow each other within a moment."""
    chance = random.Random(f"words {seed}")
    said: list[Said] = []
    while len(said) < scale.messages:
        at, who = chance.uniform(0, scale.seconds), chance.randrange(scale.travellers)
        quickly = range(chance.choice((1, 1, 1, 2, 3)))
        said += [Said(at + 0.1 * each, who, chance.choice(TEXTS)) for each in quickly]
    return sorted(said[: scale.messages], key=lambda each: each.at)


def breaks(seed: int, scale: Scale) -> dict[str, list[Break]]:
    """Return by part when it goes away, and for how long."""
    chance = random.Random(f"breaks {seed}")
    return {part: list(_breaks(chance, part, scale)) for part in scale.breaks}


def _breaks(chance: random.Random, part: str, scale: Scale) -> Iterator[Break]:
    for number, at in enumerate(_moments(chance, scale.breaks[part], scale.seconds)):
        mode: StopMode = "immediate" if number % 2 else "fast"
        yield Break(at, part, chance.choice((0.0, 0.5, 1.0, 2.5)), mode)


def _moments(chance: random.Random, count: int, seconds: float) -> list[float]:
    """One moment in each of *count* equal parts of the time."""
    return [seconds * (number + chance.uniform(0.1, 0.9)) / count for number in range(count)]


def faults(seed: int, scale: Scale) -> list[Fault]:
    """Return what the provider does wrong, and when; what slows all down happens seldom."""
    chance = random.Random(f"faults {seed}")
    count = int(scale.seconds / scale.fault_every_s)
    deck = [kind for kind in _KINDS for _ in range(1 + count // len(_KINDS))]
    chance.shuffle(deck)
    slow = [kind for kind in deck if kind in _SELDOM][: 2 + count // 12]
    deck = [kind for kind in deck if kind not in _SELDOM][: max(0, count - len(slow))] + slow
    chance.shuffle(deck)
    moments = _moments(chance, len(deck), scale.seconds)
    return [Fault(at, kind(chance)) for at, kind in zip(moments, deck, strict=True)]


def _few(chance: random.Random) -> int:
    return chance.randint(1, 4)


def _where(chance: random.Random) -> list[str]:
    return chance.choice((["sends"], ["sends"], ["sends", "contents"], ["lists"]))


def _too_fast(chance: random.Random) -> dict[str, Any]:
    refusal = {"http_status": 429, "code": chance.choice((20429, 63018)), "count": 1}
    return {"fail_next": {**refusal, "retry_after": chance.choice((1, 2))}}


def _too_fast_later(_: random.Random) -> dict[str, Any]:
    return {"fail_by_callback": {"code": 63018, "status": "failed", "count": 1}}


def _broken(chance: random.Random) -> dict[str, Any]:
    status, code = chance.choice(((500, 20500), (503, 20503), (502, 20500), (504, 20500)))
    refusal = {"http_status": status, "code": code, "count": _few(chance), "on": _where(chance)}
    return {"fail_next": refusal}


def _hung_up_before(chance: random.Random) -> dict[str, Any]:
    return {"reset_before_accepting": {"count": _few(chance), "on": _where(chance)}}


def _hung_up_after(chance: random.Random) -> dict[str, Any]:
    return {"reset_after_accepting": {"count": _few(chance), "on": _where(chance)}}


def _held(chance: random.Random) -> dict[str, Any]:
    plan = {"count": _few(chance), "hold_seconds": 2.5, "on": _where(chance)}
    return {"timeout_after_accepting": plan}


def _garbled(chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(("html", "truncated", "empty", "list"))
    return {"garble_answers": {"count": _few(chance), "kind": kind, "on": _where(chance)}}


def _slow(chance: random.Random) -> dict[str, Any]:
    seconds = chance.choice((0.5, 2.0))
    return {"slow_answers": {"count": _few(chance), "seconds": seconds, "on": _where(chance)}}


def _fails_later(chance: random.Random) -> dict[str, Any]:
    plan = {"code": chance.choice((63009, 63010, 63012)), "count": _few(chance)}
    return {"fail_by_callback": {**plan, "status": chance.choice(("failed", "undelivered"))}}


def _fails_unheard(chance: random.Random) -> dict[str, Any]:
    lost = {"count": 12, "on": ["callbacks"]}
    return {**_fails_later(chance), "lose_webhooks": lost}


def _either(chance: random.Random) -> dict[str, Any]:
    on = chance.choice((["messages"], ["callbacks"], ["messages", "callbacks"]))
    return {"count": chance.randint(1, 8), "on": on}


def _lost(chance: random.Random) -> dict[str, Any]:
    return {"lose_webhooks": _either(chance)}


def _doubled(chance: random.Random) -> dict[str, Any]:
    return {"duplicate_webhooks": {**_either(chance), "copies": chance.randint(2, 5)}}


def _delayed(chance: random.Random) -> dict[str, Any]:
    return {"delay_webhooks": {**_either(chance), "seconds": chance.choice((0.5, 2, 4))}}


def _reordered(chance: random.Random) -> dict[str, Any]:
    return {"reorder_webhooks": {"count": 1, "size": chance.randint(2, 5)}}


def _swapped(chance: random.Random) -> dict[str, Any]:
    return {"swap_statuses": {"count": _few(chance)}}


def _stormed(chance: random.Random) -> dict[str, Any]:
    return {"storm_callbacks": {"count": _few(chance), "times": chance.randint(2, 4)}}


_Kind = Callable[[random.Random], dict[str, Any]]
_SELDOM: tuple[_Kind, ...] = (_too_fast, _too_fast_later)  # each slows down the whole number
_KINDS: tuple[_Kind, ...] = (
    _too_fast, _too_fast_later, _broken, _hung_up_before, _hung_up_after, _held, _garbled, _slow,
    _fails_later, _fails_unheard, _lost, _doubled, _delayed, _reordered, _swapped, _stormed,
)  # fmt: skip
