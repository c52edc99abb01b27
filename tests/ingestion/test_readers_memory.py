"""Reading large feeds: every reader needs no more memory for 200 MB than for a tenth of it."""

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import pytest

MB = 1 << 20
LARGE, SMALL = 200 * MB, 20 * MB
ALLOWED_GROWTH = 12 * MB
TEXT = "Đi thuyền kayak qua hang Sáng Tối, ăn trưa trên tàu và ngắm hoàng hôn. " * 12
SCRIPT = """
import sys
from pathlib import Path
from ingestion.readers.registry import open_reader
from ingestion.schemas import Record
records = others = 0
for each in open_reader(Path(sys.argv[1])).records():
    if isinstance(each, Record):
        records += 1
    else:
        others += 1
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(records, others, int(peak.split()[1]) * 1024)
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak is read from /proc"
)


def _fill(file: IO[bytes], size: int, pieces: Iterator[str]) -> int:
    """Write pieces until the file is so large, and return how many."""
    written = 0
    for count, piece in enumerate(pieces, 1):
        written += file.write(piece.encode())
        if written >= size:
            return count
    raise AssertionError("the pieces ran out")


def _tours() -> Iterator[dict[str, object]]:
    number = 0
    while True:
        number += 1
        yield {"id": number, "title": f"Tour {number}", "price": number / 4, "text": TEXT}


def _delimited(path: Path, size: int) -> int:
    with path.open("wb") as file:
        file.write(b"id,title,price,text\n")
        rows = (f'{t["id"]},{t["title"]},{t["price"]},"{t["text"]}"\n' for t in _tours())
        return _fill(file, size, rows)


def _json_lines(path: Path, size: int) -> int:
    with path.open("wb") as file:
        return _fill(file, size, (f"{json.dumps(t, ensure_ascii=False)}\n" for t in _tours()))


def _document(before: str, item: Callable[[dict[str, object]], object]) -> Callable[..., int]:
    def write(path: Path, size: int) -> int:
        with path.open("wb") as file:
            file.write(before.encode())
            file.write(json.dumps(item(next(_tours()))).encode())
            rest = islice(_tours(), 1, None)
            count = _fill(file, size, (f",\n{json.dumps(item(t))}" for t in rest))
            file.write(b"]" + b"}" * before.count("{"))
        return count + 1

    return write


def _octo_product(tour: dict[str, object]) -> object:
    unit = {"id": "a", "type": "ADULT", "pricingFrom": [{"retail": 4500, "currency": "USD"}]}
    return {
        "id": str(tour["id"]),
        "internalName": tour["title"],
        "description": tour["text"],
        "options": [{"id": "DEFAULT", "units": [unit]}],
    }


def _trip(tour: dict[str, object]) -> object:
    return {"@type": "TouristTrip", "name": tour["title"], "description": tour["text"]}


def _page(path: Path, size: int) -> int:
    script = '<p>{}</p><script type="application/ld+json">{}</script>\n'
    with path.open("wb") as file:
        file.write(b"<!doctype html><html><body>")
        return _fill(file, size, (script.format(TEXT, json.dumps(_trip(t))) for t in _tours()))


def _database(path: Path, size: int) -> int:
    rows = size // (len(TEXT.encode()) + 40)
    connection = sqlite3.connect(path)
    connection.execute("create table tours (id integer, title text, price real, text text)")
    tours = (tuple(tour.values()) for tour in islice(_tours(), rows))
    connection.executemany("insert into tours values (?, ?, ?, ?)", tours)
    connection.commit()
    connection.close()
    return rows


_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _workbook(path: Path, size: int) -> int:
    """Write a workbook whose sheet and shared texts are together so large, unpacked."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'{_RELATIONS}<Relationship Id="r1" Type="{_TYPE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="T" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_RELATIONS}<Relationship Id="r1" '
        f'Type="{_TYPE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{_TYPE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/sharedStrings.xml", "w") as file:
            file.write(b"<sst><si><t>id</t></si><si><t>text</t></si>")
            texts = (f"<si><t>{tour['id']} {TEXT}</t></si>" for tour in _tours())
            count = _fill(file, size, texts)
            file.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write(
                b'<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
            )
            for number in range(count):
                cells = f'<c><v>{number}</v></c><c t="s"><v>{number + 2}</v></c>'
                file.write(f"<row>{cells}</row>".encode())
            file.write(b"</sheetData></worksheet>")
    return count


WRITERS: dict[str, Callable[[Path, int], int]] = {
    "tours.csv": _delimited,
    "tours.jsonl": _json_lines,
    "tours.json": _document("[", dict),
    "within.json": _document('{"answer": {"tours": [', dict),
    "octo.json": _document('{"products": [', _octo_product),
    "graph.jsonld": _document('{"@context": "https://schema.org", "@graph": [', _trip),
    "page.html": _page,
    "tours.sqlite": _database,
    "tours.xlsx": _workbook,
}


def _peak(path: Path, count: int) -> int:
    """Return how many bytes a process needed at most to read the feed, whole."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True
    )
    records, others, peak = map(int, ran.stdout.split())
    assert (records, others) == (count, 0)
    return peak


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_a_large_feed_needs_no_more_memory_than_a_small_one(tmp_path: Path, name: str) -> None:
    peaks = []
    for size in (SMALL, LARGE):
        feed = tmp_path / name
        count = WRITERS[name](feed, size)
        peaks.append(_peak(feed, count))
        feed.unlink()
    assert peaks[1] - peaks[0] < ALLOWED_GROWTH
