"""SQLite databases: read as they are, whatever a hostile one would like to run."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from ingestion.readers import sqlite as reader_module
from ingestion.readers.limits import LONGEST_RECORD
from ingestion.readers.port import Options
from ingestion.readers.sqlite import SqliteReader
from ingestion.schemas import Record, Reject

TOURS = "create table tours (id integer primary key, title text, price real, picture blob)"
ENDLESS = "with recursive c(n) as (select 1 union all select n + 1 from c)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.db"


def _database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def _read(path: Path, table: str | None = None) -> list[Record | Reject]:
    return list(SqliteReader(path, Options(table=table)).records())


def _reason(row: Record | Reject) -> str:
    assert isinstance(row, Reject)
    return row.reason


def test_the_only_table_is_read(file: Path) -> None:
    _database(file, TOURS, "insert into tours values (7, 'Hội An', 1.5, x'00ff'), (9, '', 2, null)")
    assert _read(file) == [
        Record(1, {"id": 7, "title": "Hội An", "price": 1.5, "picture": None}),
        Record(2, {"id": 9, "title": "", "price": 2.0, "picture": None}),
    ]


def test_a_table_or_a_view_is_read_by_its_name(file: Path) -> None:
    _database(
        file,
        TOURS,
        "insert into tours values (1, 'a', 1, null), (2, 'b', 2, null)",
        'create view "the ""cheap"" ones" as select title from tours where price < 2',
    )
    assert _read(file, 'the "cheap" ones') == [Record(1, {"title": "a"})]
    assert len(_read(file, "tours")) == 2


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, "has not just one table; name one. Its tables: hotels, tours"),
        ("trips", "has no table 'trips'. Its tables: hotels, tours"),
        ("tours; drop table tours", "has no table"),
        ("sqlite_schema", "has no table"),
    ],
)
def test_which_table_is_not_guessed(file: Path, table: str | None, message: str) -> None:
    _database(file, TOURS, "create table hotels (id)")
    with pytest.raises(InvalidInputError, match=message):
        _read(file, table)


def test_a_value_too_long_costs_its_row_only(file: Path) -> None:
    long = f"hex(zeroblob({LONGEST_RECORD}))"
    _database(
        file,
        "create table t (id, title)",
        f"insert into t values (1, 'a'), (2, {long}), (3, 'c'), (4, {long}), (5, {long}), (6, 'f')",
    )
    rows = _read(file)
    assert [row.values["id"] for row in rows if isinstance(row, Record)] == [1, 3, 6]
    assert [_reason(row) for row in rows if isinstance(row, Reject)] == [
        "longer than 4,000,000 characters"
    ] * 3


def test_a_large_picture_does_not_cost_its_row(file: Path) -> None:
    _database(file, TOURS, f"insert into tours values (1, 'a', 1, zeroblob({LONGEST_RECORD * 2}))")
    assert _read(file) == [Record(1, {"id": 1, "title": "a", "price": 1.0, "picture": None})]


@pytest.mark.parametrize(
    "definition",
    ["create table t (rowid, id)", "create table t (id primary key, rowid) without rowid"],
)
def test_a_table_without_the_usual_key_is_read(file: Path, definition: str) -> None:
    _database(file, definition, "insert into t values (1, 2)")
    rows = _read(file)
    assert isinstance(rows[0], Record)
    assert sorted(map(str, rows[0].values.values())) == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [("cast(x'48e9' as text)", "title: not UTF-8"), ("9e999", "title: not a finite number")],
)
def test_a_value_that_is_none_costs_its_row_only(file: Path, value: str, reason: str) -> None:
    _database(file, "create table t (title)", f"insert into t values ({value}), ('b')")
    rows = _read(file)
    assert _reason(rows[0]) == reason
    assert rows[1] == Record(2, {"title": "b"})


def test_a_view_that_computes_without_end_is_stopped(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_LONGEST_STEP", 0.2)
    _database(file, f"create view v as {ENDLESS} select count(*) from c")
    assert "took more than 0 seconds" in _reason(_read(file)[0])


def test_a_view_of_rows_without_end_is_stopped(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "_MOST_OF_A_VIEW", 1_000)
    _database(file, f"create view v as {ENDLESS} select n from c")
    rows = _read(file)
    assert rows[999] == Record(1_000, {"n": 1_000})
    assert _reason(rows[1_000]) == "a view; only 1,000 rows of it are read"


@pytest.mark.parametrize(
    "body", ["load_extension('evil')", "writefile('x', 'y')", "readfile('/etc/passwd')"]
)
def test_a_view_may_do_nothing_but_read(file: Path, body: str) -> None:
    _database(file, f"create view v as select {body} as x")
    with pytest.raises(InvalidInputError, match="cannot be read: "):
        _read(file)


def test_a_view_that_makes_huge_values_is_stopped(file: Path) -> None:
    _database(file, "create view v as select hex(zeroblob(900000000)) as x")
    assert "too big" in _reason(_read(file)[0])


def test_nothing_is_written(file: Path) -> None:
    _database(file, TOURS, "insert into tours values (1, 'a', 1, null)")
    before = file.read_bytes()
    _read(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_damaged_file_gives_what_can_be_read_and_one_line(file: Path) -> None:
    _database(file, "create table t (x)", *[f"insert into t values ('{'x' * 900}')"] * 90)
    content = bytearray(file.read_bytes())
    content[30_000:40_000] = b"\xff" * 10_000
    file.write_bytes(content)
    rows = _read(file)
    assert len(rows) > 5
    assert "reading stopped after row" in _reason(rows[-1])


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\x07" * 5_000, b"text, rather"])
def test_what_is_no_database_is_refused_in_one_line(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"tours\.db cannot be read: [^\n]+$"):
        _read(file)


def test_names_that_are_no_text_are_refused_in_one_line(file: Path) -> None:
    _database(file, "create table tours (title)")
    file.write_bytes(file.read_bytes().replace(b"tours", b"t\xffurs"))
    with pytest.raises(InvalidInputError, match="cannot be read: a name in it is not UTF-8"):
        _read(file)


def test_the_position_reaches_the_size(file: Path) -> None:
    _database(file, TOURS, "insert into tours values (1, 'a', 1, null)")
    reader = SqliteReader(file, Options())
    list(reader.records())
    assert reader.position == reader.size
