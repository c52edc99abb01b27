"""Wishes for more tours like one of them."""

from recommender.encoders.texts import concepts_in
from recommender.encoding import criterion_text
from recommender.schemas import TEXT_CRITERIA, Budget, Criterion, Interests, Package
from recommender.vocabulary import vocabulary

_MOST_PLACES = 5
_MOST_CONCEPTS = 4
_DEARER = 1.2
"""What may cost up to so many times as much is still like it."""


def interests_like(package: Package) -> Interests:
    """Return the wish that a tour fulfils, in the words in which travellers' wishes are kept."""
    price = package.price
    budget = Budget(max=_DEARER * price.per_person, currency=price.currency) if price else None
    fields = {
        "accommodation" if key is Criterion.NOTES else key.value: _named(package, key)
        for key in TEXT_CRITERIA
    }
    return Interests(
        locations=list(dict.fromkeys(package.locations))[:_MOST_PLACES],
        duration=package.duration,
        budget=budget,
        **fields,
    )


def _named(package: Package, key: Criterion) -> str | None:
    """Return what a tour's own field names, the particular before the general."""
    named = concepts_in(criterion_text(package, key) or "", [key])
    covered = {wider for each in named for wider in vocabulary().get(each).broader}
    telling = sorted(named - covered)[:_MOST_CONCEPTS]
    return ", ".join(vocabulary().get(each).labels["en"] for each in telling) or None
