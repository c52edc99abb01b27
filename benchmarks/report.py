"""What was measured, as numbers, as JSON and as a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.job import Job
from benchmarks.measuring import Row

_LOCATION = "location"
Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """Under what conditions was measured.

    Attributes:
        processor: its name.
        cores: how many an engine may use.
        model: the embedding model of the vectors.
        values: how many distinct values the packages have, over all criteria.
    """

    processor: str
    cores: int
    model: str
    values: int


def kinds(job: Job) -> dict[str, list[int]]:
    """Return the numbers of all wishes, of those that state a location, and of the rest."""
    location = list(job.criteria).index(_LOCATION)
    stated = [bool(wish.weights[location]) for wish in job.wishes]
    return {
        "all": list(range(len(stated))),
        "location": [number for number, has in enumerate(stated) if has],
        "no_location": [number for number, has in enumerate(stated) if not has],
    }


def figures(row: Row, job: Job) -> Figures:
    """Return one way's figures: times in ms, sizes in MB, agreement as a share."""
    made: Figures = {"engine": row.engine, "way": row.way, "how": row.how}
    for kind, numbers in kinds(job).items():
        suffix = "" if kind == "all" else f"_{kind}"
        seconds = [row.seconds[number] for number in numbers]
        right = [row.agreement[number] for number in numbers]
        made[f"p50_ms{suffix}"] = _ms(seconds, 50)
        made[f"p95_ms{suffix}"] = _ms(seconds, 95)
        made[f"agreement{suffix}"] = round(float(np.mean(right)), 4) if right else None
    made["least_agreement"] = round(min(row.agreement.values()), 4)
    made["queries_per_s"] = round(len(row.seconds) / sum(row.seconds.values()), 1)
    made["build_s"] = round(row.build_s, 1)
    made["memory_mb"] = round(row.memory / 1e6)
    made["stored_mb"] = round(row.stored / 1e6)
    return made


def _ms(seconds: Sequence[float], percentile: int) -> float | None:
    return round(float(np.percentile(seconds, percentile)) * 1e3, 3) if seconds else None


def as_object(
    rows: Sequence[Row], job: Job, setting: Setting, absent: Mapping[str, str]
) -> dict[str, object]:
    """Return all figures with the conditions, ready for JSON."""
    return {
        "packages": len(job),
        "wishes": len(job.wishes),
        "distinct_values": setting.values,
        "model": setting.model,
        "processor": setting.processor,
        "cores": setting.cores,
        "ways": [figures(row, job) for row in rows],
        "absent": dict(absent),
    }


Cell = Callable[[Figures], str]

_COLUMNS: Mapping[str, Cell] = {
    "way": lambda made: str(made["way"]),
    "median ms": lambda made: _number(made["p50_ms"]),
    "p95 ms": lambda made: _number(made["p95_ms"]),
    "queries/s": lambda made: _number(made["queries_per_s"]),
    "agreement": lambda made: _share(made["agreement"]),
    "worst wish": lambda made: _share(made["least_agreement"]),
    "with a location: ms / agreement": lambda made: _pair(made, "location"),
    "without: ms / agreement": lambda made: _pair(made, "no_location"),
    "build s": lambda made: _number(made["build_s"]),
    "memory MB": lambda made: _number(made["memory_mb"]),
    "disk MB": lambda made: _number(made["stored_mb"]),
}


def as_markdown(rows: Sequence[Row], job: Job, setting: Setting, absent: Mapping[str, str]) -> str:
    """Return a table with a line for each way, how each is configured, and who is absent."""
    made = [figures(row, job) for row in rows]
    conditions = (
        f"{len(job):,} packages, {setting.values:,} distinct values, {len(job.wishes)} wishes, "
        f"{setting.cores} cores of {setting.processor}; vectors by {setting.model}."
    )
    lines = [
        conditions,
        "",
        "| " + " | ".join(_COLUMNS) + " |",
        "|---|" + "---:|" * (len(_COLUMNS) - 1),
        *("| " + " | ".join(cell(each) for cell in _COLUMNS.values()) + " |" for each in made),
        "",
        *(f"- {each['way']}: {each['how']}" for each in made),
        *(f"- absent: {name}: {reason}" for name, reason in absent.items()),
    ]
    return "\n".join(lines) + "\n"


def _pair(made: Figures, kind: str) -> str:
    return f"{_number(made[f'p50_ms_{kind}'])} / {_share(made[f'agreement_{kind}'])}"


def _share(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float | int) else "–"


def _number(value: object) -> str:
    """Write three digits that count, and every digit before the point."""
    if not isinstance(value, float | int):
        return "–"
    if isinstance(value, int) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
