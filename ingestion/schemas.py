"""What a feed yields on its way into the catalogue, record by record and in sum."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["tours", "accommodations"]
State = Literal["queued", "reading", "storing", "finished", "stopped", "failed", "interrupted"]
Trigger = Literal["command", "upload", "schedule"]
_EXAMPLES = 5
_MOST_NAMES = 150
"""A feed whose every record is wrong in its own way is not told in full."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read.

    Attributes:
        number: line of a text file, row of a sheet or table, position from 1 in an array.
        values: by the feed's own names: texts, numbers, dates, lists, objects or None.
        source: the file it stood in, where there are several.
        merged: how many records of the feed it is made of.
    """

    number: int
    values: Mapping[str, object]
    source: str = ""
    merged: int = 1


@dataclass(frozen=True, slots=True)
class Reject:
    """A record set aside, with the reason and the beginning of what it held.

    Attributes:
        line: where it stood, as `Record.number`.
        reason: one line that a person can act on.
        content: the beginning of what it held.
        source: the file it stood in, where there are several.
    """

    line: int
    reason: str
    content: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is wrong with a record that was taken all the same.

    Attributes:
        field: which of our fields it is about.
        code: what is wrong, in words that do not change from record to record.
        value: the beginning of what the operator wrote.
    """

    field: str
    code: str
    value: str = ""

    @property
    def name(self) -> str:
        """What equal remarks are counted under."""
        return f"{self.field}: {self.code}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record on its way: the operator's values by our fields, nothing read yet.

    Attributes:
        line, source: where it stood.
        key: the operator's own id of it.
        values: for each of our fields what the mapping found for it, in order.
        source_hash: equal for records of which the same is made.
    """

    line: int
    source: str
    key: str
    values: Mapping[str, list[Any]]
    source_hash: bytes


@dataclass(slots=True)
class Tally:
    """How often each thing was seen, with the first few examples of it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, example: str = "") -> None:
        """Count one more."""
        name = name if name in self.counts or len(self.counts) < _MOST_NAMES else "others"
        self.counts[name] += 1
        known = self.examples.setdefault(name, [])
        if example and len(known) < _EXAMPLES and example not in known:
            known.append(example)

    def rows(self) -> Iterator[tuple[str, int, list[str]]]:
        """Yield each with its count and examples, the most frequent first."""
        for name, count in self.counts.most_common():
            yield name, count, self.examples.get(name, [])

    def recall(self, told: list[dict[str, Any]]) -> None:
        """Take over what an earlier run has told."""
        for each in told:
            self.counts[each["what"]] = each["count"]
            self.examples[each["what"]] = each["examples"]

    def told(self) -> list[dict[str, Any]]:
        """Return all of it as JSON can hold it."""
        return [
            {"what": name, "count": count, "examples": examples}
            for name, count, examples in self.rows()
        ]


@dataclass(slots=True)
class Report:
    """What became of a feed's records.

    Attributes:
        run_id: key of the run, under which the rejected records are kept.
        provider: whose feed it is.
        kind: what it holds.
        state: how far the run has come.
        read: records read, without blank ones.
        inserted: new to the catalogue; likewise `updated` and `unchanged`.
        merged: records that were further mentions of one that is counted already.
        warned: taken, but with a remark.
        rejected: set aside.
        retired: in the catalogue, but missing from this complete feed.
        returned: retired earlier, and back again; they count as updated too.
        duplicates: taken, and found to be near-copies of another.
        embedded: texts that had to be embedded.
        stated: for each field, how many of what the provider now offers state it, and `all`.
        changed: for each criterion, how many of the updated tours changed in it.
        reasons: why records were set aside.
        remarks: what is wrong with those that were taken.
        examples: the first few rejected records.
        seconds: how long each part took.
        limits: shares beyond which the run stops before it changes anything.
        error: why the run stopped or failed.
        fingerprint: of the files and all that decides what is made of them.
        continues: an earlier run that was cut short, whose work this one completes.
        same_as: an earlier run of the very same files, after which nothing was left to do.
    """

    run_id: int
    provider: str = ""
    kind: Kind = "tours"
    state: State = "reading"
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    warned: int = 0
    rejected: int = 0
    retired: int = 0
    returned: int = 0
    duplicates: int = 0
    embedded: int = 0
    stated: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    reasons: Tally = field(default_factory=Tally)
    remarks: Tally = field(default_factory=Tally)
    examples: list[Reject] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    fingerprint: bytes | None = None
    continues: int | None = None
    same_as: int | None = None

    @property
    def taken(self) -> int:
        """Records that are in the catalogue now."""
        return self.inserted + self.updated + self.unchanged

    def told(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it."""
        plain = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("stated", "changed", "reasons", "remarks", "examples", "fingerprint")
        }
        return {
            **plain,
            "taken": self.taken,
            "stated": dict(self.stated),
            "changed": dict(self.changed),
            "reasons": self.reasons.told(),
            "remarks": self.remarks.told(),
            "examples": [
                {"line": each.line, "source": each.source, "reason": each.reason}
                for each in self.examples
            ],
        }
