"""Whatever a table holds is read back from every format as it was written."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from core.text import fold, tidy
from ingestion.readers.registry import open_reader
from ingestion.readers.tables import is_formula
from ingestion.schemas import Record

Row = list[object]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30).filter(
    lambda text: not is_formula(text)
)
NAMES = st.lists(
    st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8),
    min_size=2,
    max_size=5,
    unique_by=fold,
).filter(lambda names: all(tidy(name) == name and fold(name) for name in names))
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15)


def _tables(cell: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[list[str], list[Row]]]:
    def rows(names: list[str]) -> st.SearchStrategy[tuple[list[str], list[Row]]]:
        row = st.lists(cell, min_size=len(names), max_size=len(names)).filter(_says_anything)
        return st.tuples(st.just(names), st.lists(row, max_size=6))

    return NAMES.flatmap(rows)


def _says_anything(row: Row) -> bool:
    return any(str("" if cell is None else cell).strip() for cell in row)


def _csv(path: Path, names: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([names, *rows])


def _json_lines(path: Path, names: list[str], rows: list[Row]) -> None:
    lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
    path.write_text("".join(f"{line}\n" for line in [*lines, ""]))


def _json(path: Path, names: list[str], rows: list[Row]) -> None:
    path.write_text(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))


def _xlsx(path: Path, names: list[str], rows: list[Row]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [names, *rows]:
        sheet.append(row)
    book.save(path)


def _sqlite(path: Path, names: list[str], rows: list[Row]) -> None:
    path.unlink(missing_ok=True)
    columns = ", ".join(f'"{name}"' for name in names)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"create table t ({columns})")
        marks = ", ".join("?" * len(names))
        connection.executemany(f"insert into t values ({marks})", rows)
        connection.commit()


def _read(path: Path) -> list[dict[str, object]]:
    rows = list(open_reader(path).records())
    assert all(isinstance(row, Record) for row in rows), rows
    return [dict(row.values) for row in rows if isinstance(row, Record)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round")


@given(table=_tables(TEXT))
def test_texts_come_back_from_delimited_text(
    folder: Path, table: tuple[list[str], list[Row]]
) -> None:
    names, rows = table
    _csv(folder / "t.csv", names, rows)
    assert _read(folder / "t.csv") == [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("name", "write"), [("t.jsonl", _json_lines), ("t.json", _json)])
@given(table=_tables(TEXT | NUMBER | st.booleans() | st.none()))
def test_values_come_back_from_json(
    folder: Path, name: str, write: Callable[..., None], table: tuple[list[str], list[Row]]
) -> None:
    names, rows = table
    write(folder / name, names, rows)
    if rows:
        assert _read(folder / name) == [dict(zip(names, row, strict=True)) for row in rows]


@given(table=_tables(TEXT | NUMBER | st.none()))
def test_values_come_back_from_a_database(folder: Path, table: tuple[list[str], list[Row]]) -> None:
    names, rows = table
    _sqlite(folder / "t.db", names, rows)
    assert _read(folder / "t.db") == [dict(zip(names, row, strict=True)) for row in rows]


QUARTERS = st.integers(-(10**9), 10**9).map(lambda number: number / 4)
"""Numbers that openpyxl, which writes sixteen digits, writes whole."""
XLSX_TEXT = TEXT.filter(
    lambda text: not ILLEGAL_CHARACTERS_RE.search(text) and not text.startswith("=")
).map(lambda text: text.replace("\r", "").replace("_x", "x"))


@given(table=_tables(XLSX_TEXT.filter(bool) | QUARTERS | st.booleans() | st.none()))
def test_values_come_back_from_a_workbook(folder: Path, table: tuple[list[str], list[Row]]) -> None:
    names, rows = table
    _xlsx(folder / "t.xlsx", names, rows)
    assert _read(folder / "t.xlsx") == [dict(zip(names, row, strict=True)) for row in rows]
