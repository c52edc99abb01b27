"""Does learning from reactions help? Simulated travellers: `python -m benchmarks.learning`.

Each traveller states part of their wish, sees three tours a round, most of the time says nothing,
and sometimes the wrong thing. The catalogue is halved at random: they react to tours of one half,
and what was learned is judged on the other, by their hidden utility.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.travellers import Random, Traveller, World, draw_traveller, react
from recommender.bench.workload import read_sample
from recommender.embedding import Matrix, TextEmbedder, calibration, embedder
from recommender.encoding import EncodedPackage, EncodedWish, encode_packages, encode_wish
from recommender.evaluation import DEPTH, ndcg
from recommender.learning import Learned, learn
from recommender.ranker import Catalogue, Ranked
from recommender.reactions import Reaction, Shown
from recommender.schemas import WEIGHTS, Criterion, Package

_PAGE = 3
_HALVES = 6
_RESAMPLES = 2_000
_NO_DIFFERENCE = 1e-9
_SEED = 20_261_121
"""Of the travellers whose results are reported; the rule was tuned on those of other seeds."""

Floats = NDArray[np.float64]
_log = Console(stderr=True)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass
class Remembering:
    """An embedder that never embeds a text twice."""

    inner: TextEmbedder
    known: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    name: str = "remembered"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), dimensions)."""
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        if missing:
            self.known |= dict(zip(missing, self.inner.encode(missing), strict=True))
        return np.array([self.known[text] for text in texts], np.float32)


@dataclass(frozen=True)
class Half:
    """Part of the tours: their rows in the world, and the same tours ready to be ranked."""

    rows: NDArray[np.int64]
    catalogue: Catalogue


@dataclass(frozen=True)
class Laboratory:
    """What every experiment uses."""

    world: World
    encoded: Sequence[EncodedPackage]
    halves: Sequence[tuple[Half, Half]]
    model: TextEmbedder


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one traveller gets.

    Attributes:
        ndcg: nDCG@10 on the tours they have not seen.
        utility: mean utility of the first ten of those.
        shown: mean utility of the tours shown from the second round on.
        reactions: how many there were.
    """

    ndcg: float
    utility: float
    shown: float = 0.0
    reactions: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """One experiment: `says_all` is the control, in which there is nothing to learn."""

    name: str
    says_all: bool
    noise: float
    rounds: int = 6


SETTINGS = (
    Setting("hidden tastes", says_all=False, noise=0.15),
    Setting("hidden tastes, no wrong thumbs", says_all=False, noise=0.0),
    Setting("hidden tastes, 3 thumbs in 10 wrong", says_all=False, noise=0.30),
    Setting("hidden tastes, 12 rounds", says_all=False, noise=0.15, rounds=12),
    Setting("control: the wish is all", says_all=True, noise=0.15),
    Setting("control, 3 thumbs in 10 wrong", says_all=True, noise=0.30),
)


def set_up(packages: Sequence[Package], random: Random, inner: TextEmbedder) -> Laboratory:
    """Encode the tours and halve them in several ways."""
    model = Remembering(inner)
    encoded = encode_packages(packages, model)
    halves = []
    for _ in range(_HALVES):
        order = random.permutation(len(packages))
        first, second = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
        halves.append((_half(first, encoded), _half(second, encoded)))
    return Laboratory(World(packages), encoded, halves, model)


def _half(rows: NDArray[np.int64], encoded: Sequence[EncodedPackage]) -> Half:
    return Half(rows, Catalogue([encoded[row] for row in rows], calibration()))


def play(
    laboratory: Laboratory, traveller: Traveller, setting: Setting, number: int, *, learning: bool
) -> Outcome:
    """Let one traveller see tours and react, then judge what they would get."""
    seen_half, unseen_half = laboratory.halves[number % len(laboratory.halves)]
    wish = encode_wish(traveller.stated, laboratory.model)
    chances = np.random.default_rng([_SEED, number]).random((len(laboratory.encoded), 3))
    known = Learned(wish, WEIGHTS)
    reactions: list[Reaction] = []
    seen: list[int] = []
    for _ in range(setting.rounds):
        page = seen_half.catalogue.rank(known.wish, _PAGE, exclude=seen, weights=known.weights)
        seen += [each.index for each in page]
        shown = [_as_shown(laboratory, seen_half, each, wish) for each in page]
        reactions += _reactions(traveller, shown, chances, setting.noise)
        if learning:
            known = learn(wish, reactions)
    return Outcome(
        *_judge(unseen_half, traveller, known.wish, known.weights),
        shown=float(traveller.utility[seen_half.rows[seen[_PAGE:]]].mean()),
        reactions=len(reactions),
    )


def _as_shown(laboratory: Laboratory, half: Half, ranked: Ranked, stated: EncodedWish) -> Shown:
    row = int(half.rows[ranked.index])
    keys = ranked.known.intersection(stated.criteria())
    return Shown(row, laboratory.encoded[row], {key: ranked.similarities[key] for key in keys})


def _reactions(
    traveller: Traveller, page: Sequence[Shown], chances: Floats, noise: float
) -> list[Reaction]:
    found = []
    for shown in page:
        kind = react(traveller, shown.package_id, chances[shown.package_id].tolist(), noise)
        if kind is not None:
            beside = tuple(other for other in page if other is not shown)
            found.append(Reaction(shown, kind, beside))
    return found


def _judge(
    half: Half, traveller: Traveller, wish: EncodedWish, weights: Mapping[Criterion, float]
) -> tuple[float, float]:
    """Return nDCG@10 and the mean utility of the first ten; the worse half of tours gains 0."""
    utility = traveller.utility[half.rows]
    gains = np.maximum(utility - np.median(utility), 0.0)
    rows = [each.index for each in half.catalogue.rank(wish, DEPTH, weights=weights)]
    return ndcg(gains[rows].tolist(), gains.tolist()), float(utility[rows].mean())


def ceiling(laboratory: Laboratory, traveller: Traveller, number: int) -> Outcome:
    """Return what a traveller would get who states everything, with their true weights."""
    _, unseen_half = laboratory.halves[number % len(laboratory.halves)]
    wish = encode_wish(traveller.truth, laboratory.model)
    return Outcome(*_judge(unseen_half, traveller, wish, traveller.weights))


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over travellers, without learning and with it.

    Attributes:
        without: the mean without learning.
        learned: the mean with it.
        difference: mean of the travellers' own differences.
        low: from here to `high` reaches the 95 % interval of the difference.
        high: its end.
    """

    without: float
    learned: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one experiment.

    Attributes:
        setting: what was varied.
        travellers: how many there were.
        reactions: mean number of them.
        ndcg: on tours they have not seen.
        utility: of the first ten of those.
        shown: utility of the tours shown from the second round on.
        ceiling: nDCG of those who state everything, with their true weights.
        better: share of travellers whose nDCG learning has raised.
        worse: share of those whose it has lowered.
    """

    setting: Setting
    travellers: int
    reactions: float
    ndcg: Figure
    utility: Figure
    shown: Figure
    ceiling: float
    better: float
    worse: float


def measure(laboratory: Laboratory, setting: Setting, travellers: int) -> Result:
    """Return the figures of one experiment; differences are paired."""
    without, learned, best = [], [], []
    for number in range(travellers):
        random = np.random.default_rng([_SEED, number, 1])
        who = draw_traveller(laboratory.world, random, says_all=setting.says_all)
        without.append(play(laboratory, who, setting, number, learning=False))
        learned.append(play(laboratory, who, setting, number, learning=True))
        best.append(ceiling(laboratory, who, number).ndcg)
    gains = np.array([b.ndcg - a.ndcg for a, b in zip(without, learned, strict=True)])
    return Result(
        setting=setting,
        travellers=travellers,
        reactions=_rounded(np.mean([each.reactions for each in learned])),
        ndcg=_figure([each.ndcg for each in without], [each.ndcg for each in learned]),
        utility=_figure([each.utility for each in without], [each.utility for each in learned]),
        shown=_figure([each.shown for each in without], [each.shown for each in learned]),
        ceiling=_rounded(np.mean(best)),
        better=_rounded(np.mean(gains > _NO_DIFFERENCE)),
        worse=_rounded(np.mean(gains < -_NO_DIFFERENCE)),
    )


def _figure(without: Sequence[float], learned: Sequence[float]) -> Figure:
    differences = np.subtract(learned, without)
    low, high = _interval(differences)
    means = (np.mean(without), np.mean(learned), differences.mean(), low, high)
    return Figure(*(_rounded(each) for each in means))


def _interval(differences: Floats) -> Floats:
    """Return the 95 % interval of the mean by the bootstrap over travellers (Efron, 1979)."""
    random = np.random.default_rng(_SEED)
    picks = random.integers(len(differences), size=(_RESAMPLES, len(differences)))
    return np.asarray(np.quantile(differences[picks].mean(axis=1), [0.025, 0.975]))


def _rounded(number: float | np.floating[Any]) -> float:
    return round(float(number), 4)


_HEADINGS = (
    "| travellers | reactions | nDCG@10 without | with | difference (95 %) | ceiling "
    "| better / worse | utility of the tours shown |"
)


def as_markdown(results: Sequence[Result]) -> str:
    """Return a table of the results."""
    lines = [_HEADINGS, "|---|---|---|---|---|---|---|---|", *(_line(each) for each in results)]
    return "\n".join(lines)


def _line(result: Result) -> str:
    unseen, shown = result.ndcg, result.shown
    return (
        f"| {result.setting.name} | {result.reactions:.1f} | {unseen.without:.3f} "
        f"| {unseen.learned:.3f} | {unseen.difference:+.4f} ({unseen.low:+.4f} to "
        f"{unseen.high:+.4f}) | {result.ceiling:.3f} | {result.better:.0%} / {result.worse:.0%} "
        f"| {shown.without:.3f} → {shown.learned:.3f} |"
    )


@app.command()
def learning(
    *,
    travellers: Annotated[
        int, typer.Option(min=10, max=100_000, help="How many, each time")
    ] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Compare ranking with and without learning.

    Example: python -m benchmarks.learning --travellers 1000
    """
    laboratory = set_up(read_sample(), np.random.default_rng(_SEED), embedder())
    results = []
    for setting in SETTINGS:
        _log.print(setting.name)
        results.append(measure(laboratory, setting, travellers))
    if as_json:
        typer.echo(json.dumps([asdict(result) for result in results], indent=1))
    else:
        typer.echo(as_markdown(results))


if __name__ == "__main__":
    app()
