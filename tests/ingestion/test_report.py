"""A run's report as a page and in the terminal."""

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.console import Console

from ingestion.report.page import MOST_REJECTS, report_page
from ingestion.report.summary import summarise
from ingestion.report.table import report_table
from ingestion.schemas import Reject, Report

HOSTILE = "<script>alert('\"')</script>\x1b[31m\u202e{{ 7 * 7 }}[bold]"


def _report(**changes: Any) -> Report:
    report = Report(7, "Lotus <Journeys> & Co", state="finished", read=1240)
    report.inserted, report.updated, report.unchanged = 212, 348, 560
    report.merged, report.rejected, report.warned, report.retired = 83, 37, 417, 19
    report.stated.update({"all": 1120, "locations": 1103, "price": 560, "url": 1120})
    report.changed.update({"budget": 174, "activities": 348})
    for _ in range(37):
        report.reasons.add("no id: code is blank", HOSTILE)
    for number in range(56):
        report.remarks.add("price: not stated", f"on request {number}")
    report.seconds = {"reading": 1.25, "storing": 3.75}
    report.limits = {"set_aside": 0.5}
    for name, value in changes.items():
        setattr(report, name, value)
    return report


class Page(HTMLParser):
    """What a browser makes of a page: its elements, and its tables as rows of texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if self.rows and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def row(self, name: str) -> list[str]:
        """The numbers beside a name."""
        found = [row[1:] for row in self.rows if row and row[0].split("\n")[0].strip() == name]
        assert len(found) == 1, f"{name}: {len(found)} rows"
        return [cell.strip() for cell in found[0]]

    def bars(self, key: str) -> list[dict[str, str | None]]:
        """The drawn rectangles of a kind, without the swatches of a legend."""
        return [
            attributes
            for tag, attributes in self.elements
            if tag == "rect" and attributes.get("class") == key and "rx" not in attributes
        ]


def _page(report: Report, rejects: list[Reject] | None = None, **beside: str) -> Page:
    return Page(report_page({**report.told(), **beside}, rejects or []))


def test_the_page_has_the_numbers_of_the_report() -> None:
    page = _page(_report())
    assert page.open == []
    assert page.row("New") == ["212", "17%"]
    assert page.row("Unchanged") == ["560", "45%"]
    assert page.row("Set aside") == ["37", "3%"]
    assert page.row("With remarks") == ["417", "37%"]
    assert page.row("Retired: missing from this complete feed")[0] == "19"
    assert page.row("locations") == ["1,103", "98%"]
    assert page.row("price") == ["560", "50%"]
    assert page.row("budget") == ["174", "50%"]
    assert page.row("storing") == ["3.8", "75%"]


def test_what_became_of_the_records_fills_the_whole_bar() -> None:
    page = _page(_report())
    segments = [page.bars(key)[0] for key in ("new", "changed", "unchanged", "merged", "aside")]
    end = 0.0
    for each in segments:
        assert float(each["x"] or "") == pytest.approx(end, abs=0.01)
        end += float(each["width"] or "")
    assert end == pytest.approx(100, abs=0.01)


def test_bars_are_as_long_as_their_shares() -> None:
    widths = [float(each["width"] or "") for each in _page(_report()).bars("stated")]
    assert widths == pytest.approx([100 * 1103 / 1120, 50, 100], abs=0.001)


def test_nothing_that_an_operator_wrote_becomes_part_of_the_page() -> None:
    rejects = [Reject(3, HOSTILE, HOSTILE, HOSTILE)]
    report = _report(rejected=1, error=HOSTILE, state="failed", provider=HOSTILE)
    page = _page(report, rejects, source=HOSTILE, started_at=HOSTILE)
    assert not [tag for tag, _ in page.elements if tag in ("script", "img", "a", "link", "iframe")]
    assert page.text.count("<script>alert('\"')</script>") >= 6
    assert "{{ 7 * 7 }}" in page.text
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    raw = report_page(_report().told(), [])
    assert "http" not in raw
    assert "url(" not in raw
    assert "@import" not in raw
    assert not [
        name
        for _, attributes in Page(raw).elements
        for name in attributes
        if name.startswith("on") or name in ("src", "href", "style")
    ]


def test_the_stacked_bar_can_be_heard() -> None:
    images = [each for _, each in _page(_report()).elements if each.get("role") == "img"]
    assert [each["aria-label"] for each in images] == [
        (
            "Of 1,240 records: new 212, changed 348, unchanged 560, merged into another 83, "
            "set aside 37"
        )
    ]


def test_records_set_aside_are_listed_up_to_a_bound() -> None:
    rejects = [Reject(line, "no id", "{}") for line in range(1, MOST_REJECTS + 50)]
    page = _page(_report(rejected=5000), rejects)
    assert f"The first {MOST_REJECTS} of 5,000 records set aside" in page.text
    assert sum(row[0].strip().startswith("line ") for row in page.rows if row) == MOST_REJECTS


_VERDICTS = [
    ({}, "careful", "Finished: 1,120 tours from 1,240 records."),
    ({"rejected": 0}, "good", "None was set aside."),
    ({"same_as": 5}, "good", "Run 5 took them in"),
    ({"state": "stopped", "error": "stopped before anything was changed: too much"}, "bad",
     "Too much."),
    ({"state": "failed", "error": "it broke"}, "bad", "It broke. 560 tours had been stored"),
    ({"state": "failed", "inserted": 0, "updated": 0}, "bad", "Nothing had been changed yet"),
    ({"state": "interrupted"}, "careful", "the next run of this feed completes the work"),
    ({"state": "reading"}, "busy", "At work: reading."),
    ({"state": "queued"}, "busy", "Waiting to begin."),
    ({"kind": "accommodations"}, "careful", "Finished: 1,120 places to stay"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "tone", "said"), _VERDICTS)
def test_the_verdict_stands_at_the_top(changes: dict[str, Any], tone: str, said: str) -> None:
    report = _report(**changes)
    verdict = summarise(report.told()).verdict
    assert verdict.tone == tone
    assert said in f"{verdict.headline} {verdict.detail}"
    assert verdict.headline in _page(report).text


def test_a_stopped_run_shows_what_was_not_stored() -> None:
    stopped = {"state": "stopped", "inserted": 0, "updated": 0, "unchanged": 0, "merged": 0}
    page = _page(_report(rejected=700, **stopped))
    assert page.row("Not stored") == ["540", "44%"]


def test_a_run_of_nothing_is_a_page_too() -> None:
    page = Page(report_page(Report(1, state="stopped", error="the feed holds no records").told()))
    assert "No record was read." in page.text
    assert "The feed holds no records." in page.text


def test_rare_shares_are_not_rounded_to_none_or_all() -> None:
    report = _report()
    report.stated.update({"image": 1, "food": 1119})
    assert _page(report).row("image") == ["1", "<1%"]
    assert _page(report).row("food") == ["1,119", ">99%"]


def _printed(report: Report, width: int = 100) -> Iterator[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(report_table(report.told()))
    assert isinstance(console.file, io.StringIO)
    yield from console.file.getvalue().splitlines()


def _crowded() -> Report:
    report = _report(returned=3, duplicates=4, error=None)
    for name in ("duration", "food", "activities", "notes", "image", "language", "description"):
        report.stated[name] = 1000
    for number in range(60):
        report.reasons.add(f"{number} is no id", "x" * 500)
        report.remarks.add(f"field {number}: {'w' * 300}", HOSTILE)
    return report


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_gets_at_most_forty_lines(width: int) -> None:
    lines = list(_printed(_crowded(), width))
    assert len(lines) <= 40
    assert max(map(len, lines)) <= width


def test_the_terminal_gets_the_same_numbers() -> None:
    text = " ".join(" ".join(_printed(_report())).split())
    for said in ("new 212", "set aside 37", "with remarks 417", "98%", "budget 174", "storing 3.8"):
        assert said in text


def test_nothing_that_an_operator_wrote_steers_the_terminal() -> None:
    text = "\n".join(_printed(_report(provider=HOSTILE, error=HOSTILE, state="failed")))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]" in text
