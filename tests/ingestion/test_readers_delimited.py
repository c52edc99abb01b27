"""Delimited text of any delimiter and encoding, and all that can be wrong with it."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInputError
from ingestion.readers.delimited import DelimitedReader
from ingestion.readers.limits import LONGEST_CELL, LONGEST_RECORD
from ingestion.readers.port import Options
from ingestion.schemas import Record, Reject

VIETNAMESE = """id,title,notes
1,Du lịch Hạ Long,"Ăn trưa trên tàu, ngắm hoàng hôn"
2,Phố cổ Hội An,Đi bộ và ăn bánh mì
"""
FRENCH = "id,title\n1,Découverte de l'Île à vélo – été, dès 45 €\n".replace(", dès", " dès")


def _read(path: Path, content: bytes | str, **options: str) -> list[Record | Reject]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(DelimitedReader(path, Options(**options)).records())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tours.csv"


def _titles(rows: Sequence[Record | Reject]) -> list[object]:
    return [row.values["title"] for row in rows if isinstance(row, Record)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f"])
def test_the_delimiter_is_told_by_the_rows(file: Path, delimiter: str) -> None:
    lines = [["id", "title", "price"], ["1", "Hue, and back; 2|3", "1,5"], ["2", "Sapa", "7"]]
    quoted = [[f'"{cell}"' for cell in line] for line in lines]
    rows = _read(file, "\n".join(delimiter.join(line) for line in quoted))
    assert rows[0] == Record(2, {"id": "1", "title": "Hue, and back; 2|3", "price": "1,5"})


def test_decimal_commas_do_not_hide_the_semicolon(file: Path) -> None:
    rows = _read(file, "id;price;size\n1;1,5;2,5\n2;2,5;3,5\n")
    assert rows[0] == Record(2, {"id": "1", "price": "1,5", "size": "2,5"})


def test_any_other_delimiter_can_be_named(file: Path) -> None:
    assert _read(file, "id#title\n1#Huế\n", delimiter="#") == [
        Record(2, {"id": "1", "title": "Huế"})
    ]


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n"])
def test_what_cannot_be_a_delimiter_is_refused(file: Path, delimiter: str) -> None:
    with pytest.raises(InvalidInputError, match="is no delimiter"):
        _read(file, "id\n1\n", delimiter=delimiter)


def test_the_line_by_which_spreadsheets_tell_the_delimiter_is_heeded(file: Path) -> None:
    assert _read(file, "sep=|\nid|title, or name\n1|x\n") == [
        Record(3, {"id": "1", "title, or name": "x"})
    ]


def test_a_single_column_is_a_table_too(file: Path) -> None:
    assert _titles(_read(file, "title\nHuế\nĐà Nẵng: 3 ngày\n")) == ["Huế", "Đà Nẵng: 3 ngày"]


def test_escaped_quotation_marks_are_read(file: Path) -> None:
    rows = _read(file, 'id,title\n1,"the \\"old\\" town, by bike"\n2,"plain"\n')
    assert _titles(rows) == ['the "old" town, by bike', "plain"]


def test_blanks_before_quotation_marks_are_no_part_of_a_cell(file: Path) -> None:
    assert _titles(_read(file, 'id, "title"\n1, "Huế, 2 ngày"\n')) == ["Huế, 2 ngày"]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_is_told_with_and_without_a_mark(file: Path, encoding: str) -> None:
    rows = _read(file, VIETNAMESE.encode(encoding))
    assert _titles(rows) == ["Du lịch Hạ Long", "Phố cổ Hội An"]


def test_the_old_vietnamese_encoding_of_windows_is_told(file: Path) -> None:
    # đ, ư, ơ and â are letters of their own there, tones are marks that follow
    text = "id,title\n1,Du li\u0323ch Ha\u0323 Long va\u0300 phô\u0301 cô\u0309\n"
    assert _titles(_read(file, text.encode("cp1258"))) == [
        "Du li\u0323ch Ha\u0323 Long va\u0300 phô\u0301 cô\u0309"
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        ("id;title\n1;Führung für Fußgänger\n", "latin-1"),
        ("id,title\n1,Экскурсия по Ханою с обедом\n", "cp1251"),
        ("id,title\n1,ハノイ市内観光、昼食付き\n", "cp932"),
    ],
)
def test_encodings_from_before_unicode_are_told(file: Path, text: str, encoding: str) -> None:
    assert _titles(_read(file, text.encode(encoding))) == [text.split("\n1")[1][1:-1]]


def test_an_encoding_can_be_named(file: Path) -> None:
    rows = _read(file, "id,title\n1,Příběh\n".encode("cp1250"), encoding="windows-1250")
    assert _titles(rows) == ["Příběh"]


@pytest.mark.parametrize("encoding", ["klingon", "punycode", "base64", "utf-7"])
def test_what_is_no_encoding_of_files_is_refused(file: Path, encoding: str) -> None:
    with pytest.raises(InvalidInputError, match="is no encoding of text files"):
        _read(file, "id\n1\n", encoding=encoding)


def test_the_encoding_is_told_by_letters_that_come_late(file: Path) -> None:
    plain = "1,an ordinary tour by boat\n" * 10_000
    rows = _read(file, f"id,title\n{plain}2,Visite guidée à vélo\n".encode("cp1252"))
    assert _titles(rows)[-1] == "Visite guidée à vélo"


def test_a_few_broken_bytes_cost_their_rows_only(file: Path) -> None:
    rows = _read(file, VIETNAMESE.encode() + b"3,caf\xe9,x\n4,Hu\xe1\xba\xbf,x\n")
    assert rows[2] == Reject(4, "not UTF-8", "3,caf,x")
    assert _titles(rows)[-1] == "Huế"


def test_nul_bytes_are_refused(file: Path) -> None:
    with pytest.raises(InvalidInputError, match="holds NUL bytes: it is not a text file"):
        _read(file, b"id,title\n1,a\0b\n")


def test_a_nul_byte_far_into_the_file_costs_its_row(file: Path) -> None:
    rows = _read(file, b"id,title\n" + b"1,x\n" * 20_000 + b"2,a\0b\n3,x\n")
    assert isinstance(rows[-2], Reject)
    assert rows[-2].reason == "title: holds a NUL byte"
    assert rows[-1] == Record(20_003, {"id": "3", "title": "x"})


def test_a_record_is_known_by_the_line_on_which_it_starts(file: Path) -> None:
    rows = _read(file, 'id,title\n\n1,"two\nlines"\r\n\n , \n2,"three\r\n\nlines"\n3,x\n')
    assert [row.number for row in rows if isinstance(row, Record)] == [3, 7, 10]
    assert _titles(rows) == ["two\nlines", "three\r\n\nlines", "x"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2", "1 cell where the header names 3 columns"),
        ("2,b", "2 cells where the header names 3 columns"),
        ("2,b,c,d", "4 cells where the header names 3 columns"),
    ],
)
def test_a_ragged_row_is_set_aside(file: Path, row: str, reason: str) -> None:
    rows = _read(file, f"id,title,price\n1,a,1\n{row}\n3,c,3\n")
    assert rows[1] == Reject(3, reason, row)
    assert _titles(rows) == ["a", "c"]


def test_empty_cells_at_the_end_do_not_make_a_row_ragged(file: Path) -> None:
    rows = _read(file, "id,title,,\n1,a\n2,b,,\n3,c,,,,\n4,d,more,\n")
    assert _titles(rows) == ["a", "b", "c", "d"]
    assert isinstance(rows[3], Record)
    assert rows[3].values["column 3"] == "more"


def test_two_columns_of_one_name_are_refused(file: Path) -> None:
    with pytest.raises(InvalidInputError, match="columns 2 and 4 are both called 'Price'"):
        _read(file, "id,price,title,Price\n1,2,3,4\n")


def test_a_column_without_a_name_is_called_by_its_number(file: Path) -> None:
    assert _read(file, ",title\n0,x\n") == [Record(2, {"column 1": "0", "title": "x"})]


@pytest.mark.parametrize("content", ["id,title", "id,title\n", "\n\nid,title\n\n  \n,\n"])
def test_a_header_alone_holds_no_records(file: Path, content: str) -> None:
    assert _read(file, content) == []


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK(""http://x"")',
        "=cmd|' /C calc'!A0",
        "+cmd('x')",
        "@SUM(1+9)",
        "=1+1",
        "= A1",
        "-2+3+cmd|' /C calc'!A0",
        "\t=SUM(A1)",
        "@import(x)",
        "+SUM(1;2)",
        "-HYPERLINK(A1)",
        "=DDE(1)",
    ],
)
def test_a_formula_is_no_value(file: Path, cell: str) -> None:
    row = _read(file, f'id,title\n1,"{cell}"\n')[0]
    assert isinstance(row, Reject)
    assert row.reason == "title: a formula of a spreadsheet, not a value"


@pytest.mark.parametrize(
    "cell",
    [
        "- Ăn sáng (buffet)",
        "-Sapa(2 ngày)",
        "+84 912 345 678",
        "=",
        "==== Ngày 1",
        "=> xem",
        "-5",
        "+ Bus (4 seats) | pool",
        "@hoian.tours",
        "--",
        "-",
        "+Homestay(4)",
        "+Summer(tháng 6)",
        "- Huế | ăn trưa!",
        "@hoian.tours (Instagram)",
        "5 = 4 + 1",
    ],
)
def test_bullets_and_phone_numbers_are_values(file: Path, cell: str) -> None:
    assert _titles(_read(file, f'id,title\n1,"{cell}"\n')) == [cell]


def test_a_cell_too_long_costs_its_row_only(file: Path) -> None:
    rows = _read(file, f'id,title\n1,"{"x" * LONGEST_CELL}y"\n2,b\n')
    assert isinstance(rows[0], Reject)
    assert rows[0].reason == "title: longer than 1,000,000 characters"
    assert _titles(rows) == ["b"]


def test_a_line_too_long_costs_its_row_only(file: Path) -> None:
    rows = _read(file, "id,title\n1," + "x" * 2 * LONGEST_RECORD + "\n2,b\n")
    assert [type(row).__name__ for row in rows] == ["Reject", "Record"]


@pytest.mark.parametrize(("lines", "reason"), [(9, "never closed"), (600_000, "longer than")])
def test_a_quotation_mark_that_is_never_closed_is_named(
    file: Path, lines: int, reason: str
) -> None:
    rows = _read(file, 'id,title\n1,a\n2,"b\n' + "3,cccccc\n" * lines)
    assert rows[0] == Record(2, {"id": "1", "title": "a"})
    assert isinstance(rows[1], Reject)
    assert rows[1].line == 3
    assert reason in rows[1].reason


def test_quotation_marks_throughout_do_not_hang(file: Path) -> None:
    rows = _read(file, 'id,title\n"1,"a"\n' + '"' * 300_001 + "\n" + '"\\"' * 100_000)
    assert all(isinstance(row, Record) or row.reason for row in rows)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "any.csv"
    with suppress(InvalidInputError):
        rows = _read(file, b"id,title\n" + data)
        assert all(isinstance(row, Record) or row.reason for row in rows)


def test_the_position_reaches_the_size(file: Path) -> None:
    file.write_text(VIETNAMESE)
    reader = DelimitedReader(file, Options())
    list(reader.records())
    assert reader.position == reader.size
