"""Rows of cells as records under the names of their columns."""

import re
from collections.abc import Mapping, Sequence

from core.errors import InvalidInputError
from core.text import fold, tidy
from ingestion.readers.limits import LONGEST_CELL

_EVALUATED = re.compile(r"\s*=\s*[\w(+\-\"'@]|\s*[+\-@][^|\n]{0,200}\w\|'[^\n]{0,1000}'!")
"""An equals sign before an expression, or a command of another program: ``cmd|' /C calc'!A0``."""
_CALLED = re.compile(
    r"\s*(?:@[a-z][\w.]*|[+-](?:average|call|cmd|concat(?:enate)?|dde|exec|hyperlink|image"
    r"|if(?:error|na|s)?|import(?:data|feed|html|range|xml)|indirect|register(?:\.id)?"
    r"|sum(?:ifs?|product)?|[hvx]?lookup|webservice))[(|]",
    re.IGNORECASE,
)


class Header:
    """The names of a table's columns.

    Args:
        cells: of the header row; a column without a name is called by its number.
        where: what to call the table in a message.

    Raises:
        InvalidInputError: two columns have the same name.
    """

    def __init__(self, cells: Sequence[object], where: str) -> None:
        names = [tidy(str("" if cell is None else cell)) for cell in cells]
        _check_unique(names, where)
        self._names = [name or f"column {number}" for number, name in enumerate(names, 1)]
        self._least = max(number for number, name in enumerate(names, 1) if name)

    def record(self, cells: Sequence[object], *, pad: bool = False) -> Mapping[str, object]:
        """Return a row's cells under the names of their columns.

        Args:
            cells: of the row.
            pad: whether cells that are missing at the end are blank ones.

        Raises:
            ValueError: there are more or fewer cells than columns, or one holds no value.
        """
        count, columns = len(cells), len(self._names)
        if (count < self._least and not pad) or not is_blank(cells[columns:]):
            cell = "cell" if count == 1 else "cells"
            raise ValueError(f"{count} {cell} where the header names {self._least} columns")
        if count < columns and pad:
            cells = [*cells, *[None] * (columns - count)]
        for name, value in zip(self._names, cells, strict=False):
            if isinstance(value, str):
                _check(name, value)
        return dict(zip(self._names, cells, strict=False))


def _check_unique(names: Sequence[str], where: str) -> None:
    columns: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        first = columns.setdefault(fold(name), number)
        if name and first != number:
            raise InvalidInputError(
                f"{where}: columns {first} and {number} are both called {name[:80]!r}"
            )


def is_blank(cells: Sequence[object]) -> bool:
    """Tell whether no cell of a row holds anything."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _check(name: str, cell: str) -> None:
    if len(cell) > LONGEST_CELL:
        raise ValueError(f"{name}: longer than {LONGEST_CELL:,} characters")
    if "\0" in cell:
        raise ValueError(f"{name}: holds a NUL byte")
    if cell.lstrip()[:1] in ("=", "+", "-", "@") and is_formula(cell):
        raise ValueError(f"{name}: a formula of a spreadsheet, not a value")


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet would compute a cell instead of showing it.

    A dash or a plus before words is a bullet or a phone number, unless it calls something.
    """
    return bool(_EVALUATED.match(cell) or _CALLED.match(cell))
