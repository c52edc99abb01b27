"""What reading a catalogue yields, row by row and in sum."""

from dataclasses import dataclass, field

from recommender.schemas import Package


@dataclass(frozen=True, slots=True)
class Row:
    """A tour that can be taken in, and the line of the file that it stood on."""

    line: int
    package: Package


@dataclass(frozen=True, slots=True)
class Reject:
    """A line set aside, with the reason and the beginning of what it held."""

    line: int
    reason: str
    content: str


@dataclass(slots=True)
class Report:
    """What became of a catalogue's rows.

    Attributes:
        run_id: key of the run, under which the rejected rows are kept.
        examples: the first few rejected rows.
    """

    run_id: int
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    examples: list[Reject] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Rows that are in the catalogue now."""
        return self.inserted + self.updated + self.unchanged
