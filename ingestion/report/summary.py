"""What a report says in words and shares, whether on a page or in the terminal."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Tone = Literal["good", "careful", "bad", "busy"]

_LONGEST = 600
_STOPPED = "stopped before anything was changed: "
_OUTCOMES: tuple[tuple[str, str, str], ...] = (
    ("inserted", "new", "New"),
    ("updated", "changed", "Changed"),
    ("unchanged", "unchanged", "Unchanged"),
    ("merged", "merged", "Merged into another"),
    ("rejected", "aside", "Set aside"),
)
_ORDER = (
    "locations", "city", "place_known", "coordinates", "duration", "price", "stars", "rating",
    "reviews", "transportation", "food", "activities", "accommodation", "amenities", "notes",
    "description", "url", "image", "language",
)  # fmt: skip
_FIELDS: Mapping[str, str] = {
    "url": "link",
    "place_known": "town in the gazetteer",
    "accommodation_notes": "accommodation and notes",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended.

    Attributes:
        tone: good, careful (the catalogue is fine, but look), bad or busy.
        headline: the outcome in one sentence.
        detail: the reason, or what follows from it.
    """

    tone: Tone
    headline: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A number to be drawn.

    Attributes:
        key: what it is called in a style sheet; empty where its name comes from a feed.
        label: what it counts.
        count: the number; of `seconds` it is a time.
        share: of the whole that it is part of, from 0 to 1.
        start: where it begins in a stacked bar, from 0 to 1.
        examples: a few values that are counted.
    """

    key: str
    label: str
    count: float
    share: float
    start: float = 0.0
    examples: tuple[str, ...] = ()

    @property
    def percent(self) -> str:
        """The share in words; 0% and 100% mean none and all."""
        if 0 < self.share < 0.01:
            return "<1%"
        return ">99%" if 0.99 < self.share < 1 else f"{self.share:.0%}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A report, ready to be shown; every text is safe for a terminal, but not for HTML.

    Attributes:
        verdict: how the run ended.
        facts: name and value of what else identifies the run.
        outcomes: what became of the records read; they add up to all of them.
        besides: what is counted otherwise: with remarks, retired, back again, near-copies.
        stated: for each field how many state it, of all that the provider offers.
        reasons: why records were set aside.
        remarks: what is wrong with those that were not; one may have several.
        changes: in which criteria the changed ones changed.
        seconds: how long each part took.
        things: what the catalogue's entries are called, such as "tours".
    """

    verdict: Verdict
    facts: tuple[tuple[str, str], ...]
    read: int
    offered: int
    outcomes: tuple[Bar, ...]
    besides: tuple[Bar, ...]
    stated: tuple[Bar, ...]
    reasons: tuple[Bar, ...]
    remarks: tuple[Bar, ...]
    changes: tuple[Bar, ...]
    seconds: tuple[Bar, ...]
    things: str


def summarise(told: Mapping[str, Any]) -> Summary:
    """Return a report in words and shares.

    Args:
        told: as `Report.told()` has it; `source`, `trigger`, `started_at` and `finished_at` may
            stand beside it.
    """
    outcomes = _outcomes(told)
    offered = _count(told.get("stated", {}).get("all"))
    return Summary(
        verdict=_verdict(told),
        facts=tuple(_facts(told)),
        read=_count(told.get("read")),
        offered=offered,
        outcomes=outcomes,
        besides=_besides(told),
        stated=_stated(told, offered),
        reasons=_tally(told, "reasons", _count(told.get("rejected"))),
        remarks=_tally(told, "remarks", _good(told)),
        changes=_largest(told.get("changed", {}), _count(told.get("updated"))),
        seconds=_seconds(told),
        things=_things(told),
    )


def _count(value: Any) -> int:
    return int(value or 0)


def _good(told: Mapping[str, Any]) -> int:
    """Return how many are taken, or would be if the run had not been stopped."""
    not_one = _count(told.get("merged")) + _count(told.get("rejected"))
    return max(_count(told.get("read")) - not_one, 0)


def _things(told: Mapping[str, Any]) -> str:
    return "places to stay" if told.get("kind") == "accommodations" else "tours"


def shown(value: object) -> str:
    """Return a value of an operator's on one line, without anything that would steer a terminal."""
    text = " ".join(str(value)[: 2 * _LONGEST].split())
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _verdict(told: Mapping[str, Any]) -> Verdict:
    state, error = told.get("state"), shown(told.get("error") or "")
    if state == "finished":
        return _finished(told)
    if state == "stopped":
        return Verdict("bad", "Stopped before anything was changed.", _reason(error))
    if state == "failed":
        return Verdict("bad", "Failed before the end.", f"{_reason(error)} {_left(told)}".strip())
    if state == "interrupted":
        return Verdict("careful", "Cut short before the end.", _left(told))
    if state == "queued":
        return Verdict("busy", "Waiting to begin.")
    doing = "storing" if state == "storing" else "reading"
    return Verdict("busy", f"At work: {doing}.", f"{_number(told.get('read'), 'record')} so far.")


def _reason(error: str) -> str:
    said = error.removeprefix(_STOPPED)
    return f"{said[:1].upper()}{said[1:]}{'' if said[-1:] in '.!?…' else '.'}" if said else ""


def _finished(told: Mapping[str, Any]) -> Verdict:
    things, read, aside = _things(told), told.get("read"), _count(told.get("rejected"))
    if told.get("same_as"):
        return Verdict(
            "good",
            "Nothing to do: the files are those of an earlier run.",
            f"Run {told['same_as']} took them in; its figures are repeated here.",
        )
    taken = _count(told.get("taken"))
    one = "place to stay" if told.get("kind") == "accommodations" else "tour"
    headline = (
        f"Finished: {taken:,} {one if taken == 1 else things} from {_number(read, 'record')}."
    )
    if not aside:
        return Verdict("good", headline, "None was set aside.")
    were = "was" if aside == 1 else "were"
    return Verdict("careful", headline, f"{aside:,} {were} set aside; the reasons are below.")


def _left(told: Mapping[str, Any]) -> str:
    stored = _count(told.get("inserted")) + _count(told.get("updated"))
    if not stored:
        return "Nothing had been changed yet; run it again."
    return (
        f"{stored:,} {_things(told)} had been stored, each as a whole; "
        "the next run of this feed completes the work."
    )


def _number(count: Any, noun: str) -> str:
    return f"{_count(count):,} {noun}{'' if _count(count) == 1 else 's'}"


def _facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = {
        "Source": told.get("source"),
        "Set off by": told.get("trigger"),
        "Began": _when(told.get("started_at")),
        "Ended": _when(told.get("finished_at")),
        "Completes": f"run {told['continues']}" if told.get("continues") else None,
        **_limits(told),
    }
    return [(name, shown(value)) for name, value in known.items() if value not in (None, "")]


def _limits(told: Mapping[str, Any]) -> dict[str, str]:
    names = {"set_aside": "Limit, set aside", "retire": "Limit, retired"}
    limits = told.get("limits", {})
    return {label: f"{limits[name]:.0%}" for name, label in names.items() if name in limits}


def _when(value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return shown(value)
    if not isinstance(value, dt.datetime):
        return None
    value = value.astimezone(dt.UTC) if value.tzinfo else value
    return f"{value:%d %B %Y, %H:%M} UTC".lstrip("0")


def _outcomes(told: Mapping[str, Any]) -> tuple[Bar, ...]:
    """Return what became of the records; what a run did not come to is waiting."""
    counts = [(key, label, _count(told.get(name))) for name, key, label in _OUTCOMES]
    waiting = _count(told.get("read")) - sum(count for _, _, count in counts)
    counts.append(("waiting", "Not stored", max(waiting, 0)))
    whole = max(sum(count for _, _, count in counts), 1)
    bars, start = [], 0.0
    for key, label, count in counts:
        if count:
            bars.append(Bar(key, label, count, count / whole, start))
        start += count / whole
    return tuple(bars)


def _besides(told: Mapping[str, Any]) -> tuple[Bar, ...]:
    taken = max(_good(told), 1)
    offered = _count(told.get("stated", {}).get("all")) + _count(told.get("retired"))
    figures = (
        ("remarks", "With remarks", "warned", taken),
        ("retired", "Retired: missing from this complete feed", "retired", max(offered, 1)),
        ("changed", "Retired earlier, and back again", "returned", taken),
        ("merged", "Near-copies of another", "duplicates", taken),
    )
    counted = [(key, label, _count(told.get(name)), of) for key, label, name, of in figures]
    return tuple(Bar(key, label, n, min(n / of, 1.0)) for key, label, n, of in counted if n)


def _stated(told: Mapping[str, Any], offered: int) -> tuple[Bar, ...]:
    stated = told.get("stated", {})
    return tuple(
        Bar("stated", _named(name), _count(count), min(_count(count) / max(offered, 1), 1.0))
        for name, count in sorted(stated.items(), key=lambda each: _place(each[0]))
        if name != "all"
    )


def _place(name: str) -> int:
    """Return where a field stands in a list: a stored report has forgotten the order."""
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _named(name: str) -> str:
    return shown(_FIELDS.get(name, name.replace("_", " ")))


def _tally(told: Mapping[str, Any], name: str, whole: int) -> tuple[Bar, ...]:
    """Return what was counted, the most frequent first, as shares of *whole* records."""
    return tuple(
        Bar(
            name,
            shown(each["what"]),
            _count(each["count"]),
            min(_count(each["count"]) / max(whole, 1), 1.0),
            examples=tuple(shown(example) for example in each["examples"] if example),
        )
        for each in sorted(told.get(name, []), key=lambda each: -_count(each["count"]))
    )


def _largest(counts: Mapping[str, Any], whole: int) -> tuple[Bar, ...]:
    ordered = sorted(counts.items(), key=lambda item: -_count(item[1]))
    return tuple(
        Bar("changed", _named(name), _count(count), min(_count(count) / max(whole, 1), 1.0))
        for name, count in ordered
    )


def _seconds(told: Mapping[str, Any]) -> tuple[Bar, ...]:
    spent = {shown(name): float(value) for name, value in told.get("seconds", {}).items()}
    whole = sum(spent.values()) or 1.0
    return tuple(Bar("seconds", name, value, value / whole) for name, value in spent.items())
