"""A run's report for the terminal: at most forty lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ingestion.report.summary import Bar, Summary, Verdict, summarise

_STACK = 60
_METER = 12
_MOST_RARE = 5
"""Reasons, and remarks, that are listed; `--report` has all of them."""
_STYLES: Final[Mapping[str, str]] = {
    "new": "cyan",
    "changed": "blue",
    "unchanged": "bright_black",
    "merged": "magenta",
    "aside": "red",
    "reasons": "red",
    "waiting": "yellow",
    "remarks": "yellow",
    "retired": "magenta",
    "stated": "cyan",
}
_TONES: Final[Mapping[str, tuple[str, str]]] = {
    "good": ("✓", "bold green"),
    "careful": ("!", "bold yellow"),
    "bad": ("✗", "bold red"),
    "busy": ("…", "bold blue"),
}


def report_table(told: Mapping[str, Any]) -> RenderableType:
    """Return a report for rich to print; nothing that an operator wrote is taken for markup.

    Args:
        told: as `Report.told()` has it.
    """
    return Group(*_parts(summarise(told), int(told.get("run_id") or 0)))


def _parts(run: Summary, number: int) -> Iterator[RenderableType]:
    yield _verdict(run.verdict, number)
    if run.outcomes:
        yield _stack(run.outcomes)
        yield _legend([*run.outcomes, *run.besides])
    if run.offered and run.stated:
        yield _heading(f"Stated by the {run.offered:,} {run.things} on offer")
        yield _in_two_columns(run.stated)
    for title, bars in (("Set aside", run.reasons), ("Remarked", run.remarks)):
        if bars:
            yield _heading(title)
            yield _listed(bars[:_MOST_RARE])
    if run.changes:
        yield _heading("Changed in")
        yield _line(f"{each.label} {each.count:,}" for each in run.changes)
    if run.seconds:
        yield _line((f"{each.label} {each.count:.1f} s" for each in run.seconds), "bright_black")


def _verdict(verdict: Verdict, number: int) -> RenderableType:
    sign, style = _TONES[verdict.tone]
    text = Text.assemble((f"{sign} {verdict.headline}", style), f" (run {number})")
    if verdict.detail:
        text.append(f"\n  {verdict.detail[:400]}")
    return text


def _heading(title: str) -> Text:
    return Text(title, style="bold")


def _line(said: Iterator[str], style: str = "") -> Text:
    return Text("  " + " · ".join(said), style=style, no_wrap=True, overflow="ellipsis")


def _stack(bars: Sequence[Bar]) -> Text:
    """Draw a bar in which nothing that is there at all is left out."""
    text = Text("  ", no_wrap=True, overflow="crop")
    for each in bars:
        text.append("█" * max(round(_STACK * each.share), 1), _STYLES[each.key])
    return text


def _legend(bars: Sequence[Bar]) -> Text:
    text = Text("  ")
    for number, each in enumerate(bars):
        text.append("  " if number else "")
        text.append("■ ", _STYLES[each.key])
        text.append(f"{each.label.split(':')[0].lower()} {each.count:,}")
    return text


def _meter(each: Bar) -> Text:
    full = round(_METER * each.share)
    return Text.assemble(("█" * full, "cyan"), ("░" * (_METER - full), "bright_black"))


def _in_two_columns(bars: Sequence[Bar]) -> Table:
    table = Table.grid(padding=(0, 1))
    half = (len(bars) + 1) // 2
    for left, right in zip(bars[:half], [*bars[half:], None][:half], strict=True):
        cells = [_cells(each) if each else [] for each in (left, right)]
        table.add_row(Text(" "), *cells[0], Text("  "), *cells[1])
    return table


def _cells(each: Bar) -> list[Text]:
    return [Text(each.label), _meter(each), Text(each.percent, justify="right")]


def _listed(bars: Sequence[Bar]) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=8, justify="right", no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for each in bars:
        said = Text(each.label)
        if each.examples:
            said.append(f"  {each.examples[0]}", "bright_black")
        table.add_row(Text(f"{each.count:,}", _STYLES[each.key]), said)
    return table
