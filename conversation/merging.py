"""How a new wish changes the one before."""

from collections.abc import Iterable

from conversation.understanding import Change, Understanding
from conversation.understanding.durations import longer
from core.money import convert
from recommender.schemas import Budget, Duration, Interests, Package
from recommender.vocabulary import vocabulary

_TEXTS = ("transportation", "food", "activities", "accommodation", "notes")
_NOTHING = Interests().model_dump()
_CHEAPER = 0.8
"""A wish for "cheaper" asks for at most this share of what the tours shown cost on average."""
_CURRENCY = {"en": "USD", "vi": "VND"}
"""In which a traveller who has named none is likely to think."""
_STEP_DAYS = 1.0


def merged(stored: Interests, said: Understanding, shown: Iterable[Package]) -> Interests:
    """Return the wish after a message that refines it.

    Args:
        stored: the wish so far.
        said: the message; its lengths and prices replace, its other wishes are added unless it
            says that they replace.
        shown: the tours that "cheaper" or "shorter" compares with.
    """
    packages = list(shown)
    stated = said.interests
    texts = {name: _text(stored, said, name) for name in _TEXTS}
    changed = Interests(
        locations=_locations(stored, said),
        duration=stated.duration or _changed_duration(stored.duration, said, packages),
        budget=stated.budget or _changed_budget(stored.budget, said, packages),
        **texts,
    )
    dropped = {name: _NOTHING[name] for name in said.drops if name in _NOTHING}
    return changed.model_copy(update=dropped)


def _locations(stored: Interests, said: Understanding) -> list[str]:
    named = said.interests.locations
    if named and said.replaces:
        return list(named)
    both = dict.fromkeys([*stored.locations, *named])
    return [name for name in both if name not in said.excluded]


def _text(stored: Interests, said: Understanding, name: str) -> str | None:
    before, new = getattr(stored, name), getattr(said.interests, name)
    if new and said.replaces:
        return str(new)
    parts = [*_parts(before, refused=said.negated), *_parts(new)]
    return ", ".join(dict.fromkeys(parts)) or None


def _parts(text: str | None, refused: Iterable[str] = ()) -> list[str]:
    """Return the wishes in *text* but for the concepts refused."""
    unwanted = {vocabulary().get(name).labels["en"] for name in refused}
    return [part for part in (text or "").split(", ") if part and part not in unwanted]


def _changed_budget(
    before: Budget | None, said: Understanding, packages: list[Package]
) -> Budget | None:
    if Change.CHEAPER not in said.changes:
        return before
    prices = [package.price for package in packages if package.price]
    currency = before.currency if before else _CURRENCY[said.language]
    amounts = [convert(price.per_person, price.currency, currency) for price in prices]
    ceiling = before.max_per_person if before else None
    compared = sum(amounts) / len(amounts) if amounts else ceiling
    if compared is None:
        return before
    wanted = _rounded(_CHEAPER * compared)
    each = wanted if ceiling is None else min(wanted, ceiling)
    if before is None or before.people is None:
        return Budget(max=each, currency=currency)
    return Budget(max=each * before.people, currency=currency, per="group", people=before.people)


def _rounded(amount: float) -> float:
    """Return an amount as people say it: two leading digits."""
    return float(f"{amount:.2g}")


def _changed_duration(
    before: Duration | None, said: Understanding, packages: list[Package]
) -> Duration | None:
    steps = {Change.SHORTER: -_STEP_DAYS, Change.LONGER: _STEP_DAYS}
    step = said.extra_days or sum(steps.get(change, 0.0) for change in said.changes)
    if not step:
        return before
    if before is not None:
        return longer(before, step)
    lengths = [package.duration.travel_days for package in packages if package.duration]
    if not lengths:
        return before
    return longer(Duration(days=max(1.0, round(sum(lengths) / len(lengths)))), step)
