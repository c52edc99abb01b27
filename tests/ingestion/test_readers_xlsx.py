"""Workbooks: values as they are meant, and no part of a hostile one unpacked or obeyed."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH

from core.errors import InvalidInputError
from ingestion.readers.port import Options
from ingestion.readers.xlsx import XlsxReader
from ingestion.schemas import Record, Reject

HEADER: list[object] = ["id", "title", "price"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.xlsx"


def _workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _with_part(path: Path, name: str, content: str) -> Path:
    """Put other content into a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = content.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, old in parts.items():
            archive.writestr(part, old)
    return path


def _with_rows(path: Path, rows: str) -> Path:
    _workbook(path, Tours=[HEADER])
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    data = f"<worksheet><sheetData><row>{header}</row>{rows}</sheetData></worksheet>"
    return _with_part(path, SHEET, data)


def _read(path: Path, sheet: str | None = None) -> list[Record | Reject]:
    return list(XlsxReader(path, Options(sheet=sheet)).records())


def _reason(row: Record | Reject) -> str:
    assert isinstance(row, Reject)
    return row.reason


def _values(rows: list[Record | Reject], name: str) -> list[object]:
    return [row.values[name] for row in rows if isinstance(row, Record)]


def test_values_are_what_they_are_meant_to_be(file: Path) -> None:
    values: list[object] = [
        7,
        12.5,
        "Hội An & <Huế>\nhai dòng",
        True,
        dt.date(2026, 4, 30),
        dt.datetime.fromisoformat("2026-04-30 08:30"),
        None,
        "007",
    ]
    _workbook(file, Tours=[[*"abcdefgh"], values])
    row = _read(file)[0]
    assert isinstance(row, Record)
    assert list(row.values.values()) == values
    assert [type(value) for value in row.values.values()] == [type(value) for value in values]


def test_times_of_day_and_spans_are_texts(file: Path) -> None:
    row: list[object] = ["a", dt.time(8, 30), dt.timedelta(hours=36, minutes=5)]
    _workbook(file, Tours=[HEADER, row])
    assert _read(file) == [Record(2, {"id": "a", "title": "08:30:00", "price": "36:05:00"})]


def test_dates_of_old_macs_are_the_same_days(file: Path) -> None:
    book = Workbook()
    book.epoch = MAC_EPOCH
    sheet = book.create_sheet("Tours", 0)
    sheet.append(["when"])
    sheet.append([dt.date(2026, 4, 30)])
    book.save(file)
    assert _values(_read(file), "when") == [dt.date(2026, 4, 30)]


def test_the_first_sheet_that_holds_anything_is_read(file: Path) -> None:
    _workbook(file, Cover=[], Blank=[["", None]], Tours=[HEADER, [1, "a", 2]], More=[["x"], [1]])
    assert _read(file) == [Record(2, {"id": 1, "title": "a", "price": 2})]


def test_a_sheet_is_read_by_its_name(file: Path) -> None:
    _workbook(file, Tours=[["x"], [1]], Khách_sạn=[["y"], [2]])
    assert _read(file, "khach_san") == [Record(2, {"y": 2})]
    with pytest.raises(InvalidInputError, match="has no sheet 'Hotels'; it has Tours, Khách_sạn"):
        _read(file, "Hotels")


def test_a_workbook_of_nothing_holds_no_records(file: Path) -> None:
    assert _read(_workbook(file, One=[], Two=[[None]])) == []
    assert _read(_workbook(file, One=[HEADER])) == []


def test_blank_rows_and_missing_cells_are_as_in_the_sheet(file: Path) -> None:
    _workbook(file, Tours=[[], HEADER, [], [1, "a"], [None, " "], [2, None, 5]])
    assert _read(file) == [
        Record(4, {"id": 1, "title": "a", "price": None}),
        Record(6, {"id": 2, "title": None, "price": 5}),
    ]


def test_a_cell_beside_the_table_is_set_aside(file: Path) -> None:
    rows = _read(_workbook(file, Tours=[HEADER, [1, "a", 2, None, "beside"], [2, "b", 3]]))
    assert _reason(rows[0]) == "5 cells where the header names 3 columns"
    assert _values(rows, "title") == ["b"]


def test_two_columns_of_one_name_are_refused(file: Path) -> None:
    with pytest.raises(InvalidInputError, match="columns 1 and 3 are both called 'id'"):
        _read(_workbook(file, Tours=[["id", "title", "id"], [1, 2, 3]]))


def test_a_formula_without_its_result_is_set_aside(file: Path) -> None:
    rows = _read(_workbook(file, Tours=[HEADER, [1, "a", "=1+1"], [2, "b", 2]]))
    assert _reason(rows[0]).startswith("column C: a formula without its result")
    assert _values(rows, "title") == ["b"]


def test_a_formula_with_its_result_is_a_value(file: Path) -> None:
    cells = (
        '<c t="str"><f>A1</f><v>x</v></c><c t="str"><f>B1</f><v></v></c><c><f>1+1</f><v>2</v></c>'
    )
    rows = _read(_with_rows(file, f"<row>{cells}</row>"))
    assert rows == [Record(2, {"id": "x", "title": "", "price": 2})]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<c t="e"><v>#REF!</v></c>', "column A: the error #REF!"),
        ("<c><v>twelve</v></c>", "column A: could not convert"),
        ("<c><v>1e999</v></c>", "column A: 1e999 is no number"),
        ('<c t="d"><v>yesterday</v></c>', "column A: Invalid isoformat"),
    ],
)
def test_a_cell_without_a_value_is_set_aside(file: Path, cell: str, reason: str) -> None:
    rows = _read(_with_rows(file, f"<row>{cell}</row><row><c><v>1</v></c></row>"))
    assert reason in _reason(rows[0])
    assert _values(rows, "id") == [1]


def test_what_is_not_available_is_missing(file: Path) -> None:
    rows = _read(_with_rows(file, '<row><c t="e"><v>#N/A</v></c><c><v>1</v></c></row>'))
    assert _values(rows, "id") == [None]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('<row><c t="s"><v>5</v></c></row>', "refers to text 5, which is not in the workbook"),
        ('<row r="2"><c r="XFE2"><v>1</v></c></row>', "has more than 16,384 columns"),
        ("<row>" + "<c/>" * 20_000 + "</row>", "has more than 16,384 columns"),
        ("<a>" * 99, "is nested too deeply"),
        ('<row r="two"></row>', "is damaged"),
        ("<row>", "is damaged"),
        (f"<!-- {' '.join(map(str, range(2_200_000)))} -->", "holds a row of more than"),
    ],
)
def test_a_broken_sheet_is_read_up_to_where_it_breaks(file: Path, rows: str, reason: str) -> None:
    good = '<row r="2"><c><v>1</v></c></row>'
    found = _read(_with_rows(file, good + rows.replace('r="2"', 'r="3"')))
    assert _values(found, "id") == [1]
    assert reason in _reason(found[-1])


def test_rows_far_down_do_not_make_rows_between(file: Path) -> None:
    rows = _read(_with_rows(file, '<row r="999999999"><c><v>1</v></c></row>'))
    assert rows == [Record(999_999_999, {"id": 1, "title": None, "price": None})]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_never_declared(file: Path, part: str) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "/etc/passwd">]>'
    _with_part(_workbook(file, Tours=[HEADER, [1, "a", 2]]), part, f"{entities}<x>&b;&f;</x>")
    with pytest.raises(InvalidInputError, match="declares a document type"):
        _read(file)


def test_a_zip_bomb_is_refused_by_what_it_promises(file: Path) -> None:
    _with_rows(file, " " * (20 << 20))
    with pytest.raises(InvalidInputError, match=r"packed as no feed is: 'xl/worksheets/"):
        _read(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel file .* password"),
        (b"PK\x03\x04 nothing more", "its end is missing"),
        (b"id,title\n1,x\n", "its end is missing"),
    ],
)
def test_what_is_no_workbook_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        _read(file)


def test_a_zip_file_without_a_workbook_is_refused(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/notes.txt", "x")
    with pytest.raises(InvalidInputError, match="is no workbook"):
        _read(file)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("_rels/.rels", "<Relationships/>", "is no workbook: names no workbook"),
        ("_rels/.rels", "<Relationships", "is no workbook: is damaged"),
        (
            "xl/styles.xml",
            '<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>',
            "is no workbook: invalid literal",
        ),
    ],
)
def test_a_broken_part_is_told_in_one_line(
    file: Path, part: str, content: str, message: str
) -> None:
    _with_part(_workbook(file, Tours=[HEADER]), part, content)
    with pytest.raises(InvalidInputError, match=message):
        _read(file)


def test_a_locked_zip_file_is_refused(file: Path) -> None:
    _workbook(file, Tours=[HEADER])
    content = bytearray(file.read_bytes())
    for at in range(len(content)):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match="is locked with a password"):
        _read(file)


def test_a_damaged_part_is_told_in_one_line(file: Path) -> None:
    _workbook(file, Tours=[HEADER, *([number, "a", 1] for number in range(500))])
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo(SHEET).header_offset
    content[start + 200 : start + 260] = b"\xff" * 60
    file.write_bytes(content)
    try:
        found = _reason(_read(file)[-1])
    except InvalidInputError as error:
        found = error.message
    assert "damaged" in found or "cannot be unpacked" in found


def test_the_position_reaches_the_size(file: Path) -> None:
    _workbook(file, Tours=[HEADER, *([number, "a", 1] for number in range(9_999))])
    reader = XlsxReader(file, Options())
    positions = [reader.position for _ in reader.records()]
    assert positions == sorted(positions)
    assert positions[0] < reader.size == reader.position
