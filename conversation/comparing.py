"""Two or three tours side by side, in lines that a phone shows without breaking them."""

from collections.abc import Mapping, Sequence

from conversation import tour_text, tours
from conversation.formatting import escaped, shortened
from conversation.machine import Event
from conversation.schemas import Outgoing
from conversation.turn import Turn
from core.money import format_money
from recommender.amounts import format_duration, to_cents
from recommender.judging import judge
from recommender.schemas import Package, Recommendation

MOST = 3
_LEAST = 2
_TITLE = 42
_VALUE = 38
_REASON = 200
_CRITERIA = (
    "price", "days", "places", "transportation", "food", "activities", "accommodation",
)  # fmt: skip
_LATE = 1e-9
"""Scores that differ by less are the same."""


def compare(turn: Turn) -> list[Outgoing]:
    """Compare up to three tours: those that are named, else those of the last list."""
    keys = _meant(turn)
    packages = tours.by_key(turn, keys)
    numbers = {key: _number(turn, key, at) for at, key in enumerate(packages, 1)}
    if len(packages) < _LEAST:
        return _too_few(turn)
    turn.happened(Event.SHOWED_TOUR)
    choices = [tour_text.row(turn, numbers[key], key, package) for key, package in packages.items()]
    turn.closing = turn.message(turn.say("compare.next"), choices)
    return [turn.message(_table(turn, packages, numbers))]


def _meant(turn: Turn) -> list[int]:
    named = tours.all_meant(turn) if turn.understanding.ordinals else []
    if len(named) == 1 and turn.state.focus not in {None, named[0]}:
        named = [*named, turn.state.focus or 0]
    return (named if len(named) >= _LEAST else turn.state.page)[:MOST]


def _number(turn: Turn, key: int, otherwise: int) -> int:
    page = turn.state.page
    return page.index(key) + 1 if key in page else otherwise


def _too_few(turn: Turn) -> list[Outgoing]:
    if not turn.state.page:
        return [tours.ask_for_wish(turn)]
    choices = [turn.choice(tours.MORE, "choice.more")]
    return [turn.message(turn.say("compare.too_few"), choices)]


def _table(turn: Turn, packages: Mapping[int, Package], numbers: Mapping[int, int]) -> str:
    lines = [turn.say("compare.heading")]
    for key, package in packages.items():
        lines.append(f"*{numbers[key]}.* {escaped(shortened(package.title, _TITLE))}")
    lines += _criteria(turn, packages, numbers)
    return "\n".join([*lines, "", *_verdict(turn, list(packages), numbers)])


def _criteria(turn: Turn, packages: Mapping[int, Package], numbers: Mapping[int, int]) -> list[str]:
    """Return what differs, criterion by criterion, then what is the same."""
    lines, same = [], []
    for name in _CRITERIA:
        values = {key: value_of(turn, package, name) for key, package in packages.items()}
        heading = turn.say(f"compare.{name}")
        told = set(values.values())
        if told == {""}:
            continue
        if len(told) == 1:
            same.append(f"*{heading}* {next(iter(told))}")
            continue
        lines += ["", f"*{heading}*"]
        lines += [
            f"{numbers[key]}) {value or turn.say('unknown')}" for key, value in values.items()
        ]
    return [*lines, "", turn.say("compare.same"), *same] if same else lines


def value_of(turn: Turn, package: Package, name: str) -> str:
    """Return what a tour says on one criterion, short; empty where it is silent."""
    if name == "price":
        price = package.price
        each = price and format_money(to_cents(price.per_person), price.currency, turn.language)
        return each or ""
    if name == "days":
        return format_duration(package.duration, turn.language) if package.duration else ""
    text = " – ".join(package.locations) if name == "places" else getattr(package, name)
    return escaped(shortened(text or "", _VALUE))


def _verdict(turn: Turn, keys: Sequence[int], numbers: Mapping[int, int]) -> list[str]:
    """Say which one fits the wish best and why; that two do so alike; or nothing."""
    judged = judge(turn.connection, turn.user_id, keys, turn.language)
    if turn.stored.is_empty() or not judged:
        return [turn.say("compare.no_wish")]
    best = judged[0]
    alike = [each for each in judged if best.score - each.score < _LATE]
    if len(alike) > 1:
        names = " & ".join(str(numbers[each.package_id]) for each in alike)
        return [turn.say("compare.alike", numbers=names)]
    return [turn.say("compare.best", number=numbers[best.package_id], reason=_reason(best))]


def _reason(best: Recommendation) -> str:
    return escaped(shortened(best.reason, _REASON))
