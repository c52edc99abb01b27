"""How varied lists are: the distance within them, and the near-copies that they hold."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from recommender.diversity import MOST_COPIES, PAGE, Traits, distance, family, traits
from recommender.encoding import package_concepts
from recommender.schemas import Package


class Describer:
    """Traits of tours by their ids, each read once."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self._packages: Mapping[str, Package] = {each.id: each for each in packages}
        self._known: dict[str, Traits] = {}

    def __call__(self, ids: Sequence[str]) -> list[Traits]:
        """Return the traits of tours, in their order."""
        return [self._traits(key) for key in ids]

    def _traits(self, key: str) -> Traits:
        if key not in self._known:
            package = self._packages[key]
            self._known[key] = traits(package, package_concepts(package))
        return self._known[key]


def mean_distance(tours: Sequence[Traits]) -> float:
    """Return the mean distance of all pairs of a list; 0 where there is no pair."""
    distances = [distance(a, b) for a, b in combinations(tours, 2)]
    return sum(distances) / max(len(distances), 1)


def most_copies(tours: Sequence[Traits]) -> int:
    """Return how many tours of the first message are near-copies of each other; 1 if none."""
    page = tours[:PAGE]
    return max((len(family(page, row, range(len(page)))) for row in range(len(page))), default=0)


def has_copies(tours: Sequence[Traits]) -> bool:
    """Tell whether the first message holds near-copies."""
    return most_copies(tours) > 1


def has_too_many_copies(tours: Sequence[Traits]) -> bool:
    """Tell whether the first message holds more near-copies of each other than it should."""
    return most_copies(tours) > MOST_COPIES
