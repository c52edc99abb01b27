"""What travellers do with the tours they are shown, and what is learned from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.database import Connection
from recommender import repository
from recommender.encoding import EncodedPackage, encode_wish
from recommender.learning import Learned, learn
from recommender.lessons import in_words
from recommender.models.service import embedder_of, encoder_in_use
from recommender.reactions import MOST_REACTIONS, Change, Kind, Reaction, Shown
from recommender.repository import Feedback, Profile
from recommender.schemas import Criterion, Interests
from recommender.service import (
    STANDARD,
    CachedEmbedder,
    package,
    profile,
    save_profile,
)

_MOST_READ = 4 * MOST_REACTIONS
"""Rows that are read: several may be about one tour."""


def react(
    connection: Connection, user_id: int, package_ids: Iterable[int], kind: Kind
) -> list[Change]:
    """Note what a traveller did with one tour, or said of several, and learn from it.

    Returns:
        What it has changed, the largest change first.

    Raises:
        NotFoundError: a tour is not, or no longer, in the catalogue.
    """
    before = _changes(profile(connection, user_id))
    for package_id in package_ids:
        package(connection, package_id)
        repository.save_feedback(connection, user_id, package_id, kind.value)
    return _news(before, relearn(connection, user_id).changes)


def undo_last(connection: Connection, user_id: int) -> bool:
    """Take the newest thumb, or "more like this", back; tell whether there was one."""
    undone = repository.undo_feedback(connection, user_id)
    if undone:
        relearn(connection, user_id)
    return undone


def undo(connection: Connection, user_id: int, package_id: int) -> bool:
    """Take back what was said of one tour, clicks aside; tell whether anything was."""
    undone = repository.undo_feedback_on(connection, user_id, package_id)
    if undone:
        relearn(connection, user_id)
    return undone > 0


def undo_one(connection: Connection, user_id: int, feedback_id: int) -> bool:
    """Take one reaction back, a click too; tell whether it was this traveller's and stood."""
    undone = repository.undo_one_feedback(connection, user_id, feedback_id)
    if undone:
        relearn(connection, user_id)
    return undone


def forget(connection: Connection, user_id: int) -> bool:
    """Take every reaction back; tell whether there were any."""
    undone = repository.undo_all_feedback(connection, user_id)
    if undone:
        relearn(connection, user_id)
    return undone > 0


def learned(connection: Connection, user_id: int, language: str) -> list[str]:
    """Return what has been learned of a traveller, each thing in one sentence."""
    return [in_words(change, language) for change in _changes(profile(connection, user_id))]


def save_interests(connection: Connection, user_id: int, interests: Interests) -> None:
    """Store a new wish; what the reactions tell is learned anew for it."""
    _learn(connection, user_id, replace(stated(connection, user_id), interests=interests))


def save_importance(
    connection: Connection, user_id: int, importance: Mapping[Criterion, float]
) -> None:
    """Store what matters more or less; what the reactions tell is learned anew on top of it."""
    _learn(connection, user_id, replace(stated(connection, user_id), importance=importance))


def relearn(connection: Connection, user_id: int) -> Learned:
    """Learn from the reactions that stand, and store what to rank by."""
    return _learn(connection, user_id, stated(connection, user_id))


def stated(connection: Connection, user_id: int) -> Profile:
    """Return what a traveller told us in words and factors, whatever has encoded it."""
    return repository.load_profile(connection, user_id, "")


def _learn(connection: Connection, user_id: int, told: Profile) -> Learned:
    encoder = encoder_in_use(connection)
    wish = encode_wish(told.interests, CachedEmbedder(connection, embedder_of(encoder)))
    rows = repository.load_feedback(connection, user_id, STANDARD, _MOST_READ)
    reactions = _reactions(connection, rows, encoder.name)
    result = learn(wish, reactions, told.weights_at_start())
    changes = [change.model_dump(mode="json") for change in result.changes]
    taste = Profile(told.interests, result.wish, result.weights, changes, told.importance)
    save_profile(connection, user_id, taste, encoder)
    return result


def _reactions(connection: Connection, rows: Sequence[Feedback], encoder: str) -> list[Reaction]:
    """Bring the tours reacted to, and those beside them, together with their vectors."""
    keys = {key for row in rows for key in (row.package_id, *row.page)}
    stored = repository.stream_encoded(connection, encoder, sorted(keys), retired=True)
    tours = dict(stored) if keys else {}
    return [_reaction(row, tours) for row in rows if row.package_id in tours]


def _reaction(row: Feedback, tours: Mapping[int, EncodedPackage]) -> Reaction:
    """Leave out what another model has encoded: it cannot be compared."""
    page = {key: Shown(key, tours[key], near) for key, near in row.page.items() if key in tours}
    own = page.pop(row.package_id, None) or Shown(row.package_id, tours[row.package_id])
    return Reaction(own, Kind(row.kind), tuple(page.values()))


def _changes(taste: Profile) -> list[Change]:
    return [Change.model_validate(each) for each in taste.learned]


def _news(before: Iterable[Change], after: Iterable[Change]) -> list[Change]:
    """Return what is new, or goes further than before, the largest change first."""
    known = {(each.criterion, each.effect): each.size for each in before}
    grown = {each: each.size - known.get((each.criterion, each.effect), 0.0) for each in after}
    return sorted((each for each in grown if grown[each] > 0), key=lambda each: -grown[each])
