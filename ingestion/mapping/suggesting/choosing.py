"""Choosing a column for a field: by its name, and by what its values say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import InvalidInputError
from ingestion.mapping.suggesting.columns import Column
from ingestion.mapping.suggesting.names import fit_of, is_personal

_OF_JOINED = 0.9
"""What a column of a joined source is worth, beside one of the first."""
_MOST_ALTERNATIVES = 3
_PERSONAL = 0.5
_READ = 0.6
_WELL_NAMED = 0.85
"""A column that always says the same must be called so."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A field's proposed rule.

    Attributes:
        paths: columns, in order.
        why: what speaks for them.
        options: whatever else the rule says.
        alternatives: other columns that might be meant.
    """

    paths: tuple[str, ...]
    why: str
    options: Mapping[str, Any] = field(default_factory=dict)
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column, and how well its name and its values fit a field, from 0 to 1."""

    column: Column
    name: float
    value: float

    @property
    def score(self) -> float:
        """How well it fits altogether; of two alike the one that is filled more often wins."""
        best = 0.55 * self.name + 0.35 * self.value + 0.1 * self.column.filled
        return best * (_OF_JOINED if self.column.source else 1.0)


class Choices:
    """The columns of a feed, and what has been chosen of them.

    Args:
        columns: of the first source and of the joined ones.
        names: what fields are usually called.
        objects: columns that hold objects, each as a whole.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        names: Mapping[str, str],
        objects: Sequence[Column] = (),
    ) -> None:
        self.names, self.objects = names, objects
        self.personal = [each for each in columns if _is_personal(each)]
        self.columns = [each for each in columns if each not in self.personal]
        self.used: dict[str, None] = {}
        self.fields: dict[str, Choice] = {}

    def free(self) -> list[Column]:
        """Return the columns that have not been chosen yet."""
        return [each for each in self.columns if each.path not in self.used]

    def fit(self, name: str, column: Column) -> float:
        """Tell how well a column's name fits a field."""
        return fit_of(name, column.words, self.names[name])

    def rank(
        self,
        name: str,
        value: Callable[[Column], float],
        admit: Callable[[float, float], bool],
    ) -> list[Candidate]:
        """Return the columns that may be meant, the best first.

        Values are costly to read: they are, only where the name does not rule a column out.

        Args:
            name: the field.
            value: how well a column's values fit.
            admit: whether a fit of the name and one of the values are enough; a better fit always
                is where a worse one is.
        """
        found = []
        for column in self.free():
            named = self.fit(name, column)
            if not admit(named, 1.0) or (column.is_constant and named < _WELL_NAMED):
                continue
            valued = value(column)
            if admit(named, valued):
                found.append(Candidate(column, named, valued))
        return sorted(found, key=lambda each: -each.score)

    def take(
        self, name: str, ranked: Sequence[Candidate], why: str, **options: Any
    ) -> Column | None:
        """Choose the best candidate for a field; return it.

        Args:
            name: the field.
            ranked: as `rank` returns them; of none nothing is chosen.
            why: with {share} in it, which is the fit of the values.
            options: whatever else the rule says.
        """
        if not ranked:
            return None
        best, others = ranked[0], ranked[1 : 1 + _MOST_ALTERNATIVES]
        said = why.format(share=f"{best.value:.0%}")
        alternatives = tuple(each.column.path for each in others)
        self.fields[name] = Choice((best.column.path,), said, options, alternatives)
        self.used[best.column.path] = None
        return best.column

    def take_object(self, name: str, value: Callable[[Column], float]) -> bool:
        """Choose an object that is read as a whole: {"amount": 5, "currency": "EUR"}."""
        for each in self.objects:
            share = value(each) if self.fit(name, each) >= _WELL_NAMED else 0.0
            if share >= _READ:
                self.fields[name] = Choice((each.path,), f"{share:.0%} of the sample can be read")
                self.use_all_in(each)
                return True
        return False

    def use_all_in(self, whole: Column) -> None:
        """Note that an object is used as a whole."""
        inner = [each.path for each in self.columns if each.path.startswith(f"{whole.path}.")]
        self.used |= dict.fromkeys([whole.path, *inner])

    def is_used_within(self, whole: Column) -> bool:
        """Tell whether something inside an object was chosen already."""
        return any(path.startswith(f"{whole.path}.") or path == whole.path for path in self.used)

    def use(self, name: str, choice: Choice) -> None:
        """Choose whatever else was found for a field."""
        self.fields[name] = choice
        for path in choice.paths:
            self.used[path] = None

    def insist_on(self, name: str) -> None:
        """Go on only with a field that every record must have.

        Raises:
            InvalidInputError: no column could be it.
        """
        if name not in self.fields:
            raise InvalidInputError(f"no column was found that could be the {name}")

    def unused(self) -> list[str]:
        """Return the paths of columns that were not chosen."""
        return [each.path for each in self.columns if each.path not in self.used]


def _is_personal(column: Column) -> bool:
    return is_personal(column.words) or column.personal > _PERSONAL


def both(name: float, value: float) -> Callable[[float, float], bool]:
    """Admit what reaches both marks."""
    return lambda named, valued: named >= name and valued >= value
