"""A proposed mapping as a YAML text that a person can read and change."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingestion.mapping.suggesting.choosing import Choice
from ingestion.mapping.suggesting.sources import Sources, patterns
from ingestion.schemas import Kind

_PLAIN = re.compile(r"[^\W\d][\w .*/()-]*[\w*)]|[^\W\d]")
_COMMENT_AT = 44
_LONGEST_LINE = 96
_MOST_LISTED = 60
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping as it will be written.

    Attributes:
        provider, kind, repeats, language: as in a mapping.
        sources: its files and joins.
        where: for a joined source the column and the word that a record must have.
        fields: the rule of each field.
        missing: fields for which no column was found.
        splits: long texts.
        currency: of amounts that name none, and why; without one a question.
        country: of most places, and why.
        personal: columns that are left out on purpose.
        unused: columns for which there was no use.
    """

    provider: str
    kind: Kind
    sources: Sources
    where: Mapping[str, tuple[str, str]]
    fields: Mapping[str, Choice]
    missing: Sequence[str]
    splits: Sequence[Choice]
    repeats: str
    currency: tuple[str | None, str]
    country: tuple[str | None, str]
    language: tuple[str | None, str]
    personal: Sequence[str]
    unused: Sequence[str]


def written(suggestion: Suggestion, folder: Path | None) -> str:
    """Return a suggestion as the text of a mapping file.

    Args:
        suggestion: what was found.
        folder: where the files lie, if the feed is several.
    """
    lines = [*_head(suggestion), *_sources(suggestion, folder), *_fields(suggestion)]
    lines += [*_splits(suggestion.splits), *_tail(suggestion)]
    return "\n".join(lines) + "\n"


def scalar(value: object) -> str:
    """Return a value as YAML reads it back, whatever is in it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.isprintable() and _reads_back(text):
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf)
    return quoted.strip()


def _reads_back(text: str) -> bool:
    try:
        return bool(yaml.safe_load(text) == text)
    except yaml.YAMLError:
        return False


def remark(text: object) -> str:
    """Return what an operator wrote so that it stays within its comment."""
    line = " ".join(str(text)[: 2 * _SHOWN].split())
    line = "".join(char if char.isprintable() else "?" for char in line)
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _line(said: str, why: str = "") -> str:
    return f"{said:<{_COMMENT_AT}}  # {why}" if why else said


def _head(suggestion: Suggestion) -> Iterator[str]:
    main = suggestion.sources.main
    looked_at = f"{len(main.records)} of {_read(main)} records"
    yield f"# Suggested from {looked_at}; read it before you use it."
    yield _line(f"provider: {scalar(suggestion.provider)}", "whose feed is it?")
    if suggestion.kind == "accommodations":
        yield _line("kind: accommodations", "tours, if they are none")
    yield from _default("currency", suggestion.currency, "EUR")
    yield from _default("country", suggestion.country)
    yield from _default("language", suggestion.language)
    if suggestion.repeats == "merge":
        yield _line("repeats: merge", "records of the same id become one; or set_aside")


def _read(sample: Any) -> str:
    return f"{sample.read:,}" if sample.whole else f"more than {sample.read:,}"


def _default(name: str, found: tuple[str | None, str], asked: str = "") -> Iterator[str]:
    value, why = found
    if value is not None:
        yield _line(f"{name}: {scalar(value)}", remark(why))
    elif asked and why:
        yield _line(f"# {name}: {asked}", remark(why))


def _sources(suggestion: Suggestion, folder: Path | None) -> Iterator[str]:
    if folder is None:
        return
    sources = suggestion.sources
    yield "sources:"
    yield from _file(sources.main.name, patterns(sources.main, folder))
    for join in sources.joins:
        yield from _file(join.sample.name, patterns(join.sample, folder))
        on = f"    on: {{{scalar(join.column)}: {scalar(join.path)}}}"
        yield _line(on, f"{join.share:.0%} of its values are found there")
        if join.sample.name in suggestion.where:
            column, word = suggestion.where[join.sample.name]
            yield _line(
                f"    where: {{{scalar(column)}: {scalar(word)}}}", "the others are passed over"
            )
    for name, why in sources.unused[:_MOST_LISTED]:
        yield f"  # not used: {remark(name)} ({remark(why)})"


def _file(name: str, files: Sequence[str]) -> Iterator[str]:
    said = scalar(files[0]) if len(files) == 1 else f"[{', '.join(map(scalar, files))}]"
    yield f"  {scalar(name)}:"
    yield f"    file: {said}"


def _fields(suggestion: Suggestion) -> Iterator[str]:
    yield "fields:"
    for name, choice in suggestion.fields.items():
        others = ", ".join(map(remark, choice.alternatives))
        why = remark(choice.why) + (f"; or: {others}" if others else "")
        yield _line(f"  {name}: {_rule(choice)}", why)
    if suggestion.missing:
        yield f"  # nothing found for: {', '.join(suggestion.missing)}"


def _rule(choice: Choice) -> str:
    if not choice.options:
        return _paths(choice.paths)
    parts = [f"from: {_paths(choice.paths)}"] if choice.paths else []
    parts += [f"{name}: {_option(value)}" for name, value in choice.options.items()]
    return f"{{{', '.join(parts)}}}"


def _paths(paths: Sequence[str]) -> str:
    return scalar(paths[0]) if len(paths) == 1 else f"[{', '.join(map(scalar, paths))}]"


def _option(value: Any) -> str:
    return _paths(value) if isinstance(value, list) else scalar(value)


def _splits(splits: Sequence[Choice]) -> Iterator[str]:
    if not splits:
        return
    yield _line("split:", "long texts: each sentence goes to what it is about")
    for each in splits:
        yield _line(f"  - {_rule(each)}", remark(each.why))


def _tail(suggestion: Suggestion) -> Iterator[str]:
    yield _line("complete: false", "true: tours missing from the feed are retired")
    yield from _listed("left out, as it is about people or secret", suggestion.personal)
    yield from _listed("no use was found for", suggestion.unused)


def _listed(title: str, names: Sequence[str]) -> Iterator[str]:
    """Yield names as comments, as many to a line as there is room for."""
    shown = [remark(name) for name in names[:_MOST_LISTED]]
    if len(names) > len(shown):
        shown.append(f"and {len(names) - len(shown)} more")
    line = f"# {title}:"
    for number, name in enumerate(shown):
        said = f" {name}{',' if number < len(shown) - 1 else ''}"
        if len(line) + len(said) > _LONGEST_LINE:
            yield line
            line = "#  "
        line += said
    if shown:
        yield line
