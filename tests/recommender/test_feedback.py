"""Reactions in the database: kept, learned from, taken back, and learned from anew."""

import numpy as np
import pytest

from core.database import Connection
from core.errors import NotFoundError
from recommender import repository, service
from recommender.feedback import forget, learned, react, relearn, save_interests, undo_last
from recommender.reactions import Kind
from recommender.repository import Profile
from recommender.schemas import WEIGHTS, Criterion, Duration, Interests, Recommendation
from recommender.similar import interests_like

WISH = Interests(locations=["Hạ Long"], activities="kayaking")


class Visitor:
    """A traveller who looks at pages of tours."""

    def __init__(self, connection: Connection, wish: Interests = WISH) -> None:
        self.connection = connection
        row = connection.execute("insert into users default values returning id").fetchone()
        assert row is not None
        self.user_id: int = row["id"]
        self.wish = wish
        save_interests(connection, self.user_id, wish)

    def look_at(
        self, tours: list[Recommendation], ranker: str = service.STANDARD
    ) -> list[Recommendation]:
        """See a page, a minute after the page before."""
        self.connection.execute(
            "update recommendations set shown_at = shown_at - interval '1 minute'"
            " where user_id = %s",
            [self.user_id],
        )
        service.record_shown(self.connection, self.user_id, tours, ranker)
        return tours

    def contrasting_pages(self, count: int) -> list[list[Recommendation]]:
        """See pages of tours in one place; the first has kayaking and the others have not."""
        ranked = service.recommend(self.connection, self.wish, limit=341)
        there = [each for each in ranked if each.parts[Criterion.LOCATION].similarity == 1]
        known = [each for each in there if each.parts[Criterion.ACTIVITIES].known]
        known.sort(key=lambda each: -each.parts[Criterion.ACTIVITIES].similarity)
        return [
            self.look_at([known[page], known[-1 - 2 * page], known[-2 - 2 * page]])
            for page in range(count)
        ]

    def react(self, tour: Recommendation, kind: Kind = Kind.UP) -> list[Criterion]:
        """Return what the reaction has changed."""
        changes = react(self.connection, self.user_id, [tour.package_id], kind)
        return [change.criterion for change in changes]

    @property
    def profile(self) -> Profile:
        return service.profile(self.connection, self.user_id)

    def reactions(self) -> list[str]:
        """Return what stands."""
        rows = repository.load_feedback(self.connection, self.user_id, service.STANDARD, 99)
        return [row.kind for row in rows]


def fingerprint(profile: Profile) -> tuple[object, ...]:
    """Return everything that is stored in a form that can be compared to the last bit."""
    wish = profile.wish
    assert wish is not None
    texts = {key: (text.vector.tobytes(), text.asked) for key, text in wish.texts.items()}
    numbers = [None if each is None else each.tobytes() for each in (wish.duration, wish.budget)]
    return profile.interests, texts, numbers, profile.weights, profile.learned


@pytest.fixture
def visitor(catalogue: Connection) -> Visitor:
    return Visitor(catalogue)


def test_a_like_changes_the_stored_weights_and_says_so(visitor: Visitor) -> None:
    (page,) = visitor.contrasting_pages(1)
    assert visitor.react(page[0]) == [Criterion.ACTIVITIES]
    weight = visitor.profile.weights[Criterion.ACTIVITIES]
    assert 1 < weight / WEIGHTS[Criterion.ACTIVITIES] < 1.3
    (sentence,) = learned(visitor.connection, visitor.user_id, "en")
    assert "activities" in sentence
    (sentence,) = learned(visitor.connection, visitor.user_id, "vi")
    assert "hoạt động" in sentence


def test_what_is_learned_ranks_the_next_tours(visitor: Visitor) -> None:
    likes = [page[0] for page in visitor.contrasting_pages(4)]
    before = service.recommend_to(visitor.connection, visitor.user_id)[0]
    for each in likes:
        visitor.react(each)
    after = service.recommend_to(visitor.connection, visitor.user_id)[0]
    assert (
        after.parts[Criterion.ACTIVITIES].weight > before.parts[Criterion.ACTIVITIES].weight * 1.2
    )
    assert sum(part.points for part in after.parts.values()) == pytest.approx(after.score, abs=1e-5)


def test_likes_that_agree_teach_a_taste_that_was_not_stated(catalogue: Connection) -> None:
    visitor = Visitor(catalogue, Interests(locations=["Vietnam"]))
    ranked = service.recommend(catalogue, visitor.wish, limit=341)
    lengths = [each for each in ranked if each.package.duration]
    lengths.sort(key=lambda each: each.package.duration.travel_days)  # type: ignore[union-attr]
    for number in range(3):
        page = visitor.look_at([lengths[number], lengths[-1 - number], lengths[-5 - number]])
        visitor.react(page[0])
    stored = visitor.profile
    assert stored.wish is not None
    assert stored.wish.duration is not None
    assert stored.interests.duration is None
    assert stored.weights[Criterion.DURATION] < WEIGHTS[Criterion.DURATION]
    found = service.recommend_to(catalogue, visitor.user_id, limit=10)
    assert all(Criterion.DURATION in each.parts for each in found)


def test_to_take_everything_back_restores_every_bit(visitor: Visitor) -> None:
    pages = visitor.contrasting_pages(3)
    stages = [fingerprint(visitor.profile)]
    for page, kind in zip(pages, (Kind.UP, Kind.MORE_LIKE, Kind.DOWN), strict=True):
        visitor.react(page[0], kind)
        stages.append(fingerprint(visitor.profile))
    assert len({repr(stage) for stage in stages}) == 4
    for stage in reversed(stages[:-1]):
        assert undo_last(visitor.connection, visitor.user_id)
        assert fingerprint(visitor.profile) == stage
    assert not undo_last(visitor.connection, visitor.user_id)
    assert learned(visitor.connection, visitor.user_id, "en") == []


def test_to_forget_takes_all_back_at_once_clicks_too(visitor: Visitor) -> None:
    start = fingerprint(visitor.profile)
    for page in visitor.contrasting_pages(3):
        visitor.react(page[0])
        visitor.react(page[1], Kind.CLICK)
    assert forget(visitor.connection, visitor.user_id)
    assert fingerprint(visitor.profile) == start
    assert visitor.reactions() == []
    assert not forget(visitor.connection, visitor.user_id)


def test_a_click_is_nothing_to_take_back(visitor: Visitor) -> None:
    (page,) = visitor.contrasting_pages(1)
    visitor.react(page[0], Kind.UP)
    visitor.react(page[1], Kind.CLICK)
    assert undo_last(visitor.connection, visitor.user_id)
    assert visitor.reactions() == ["click"]


def test_a_second_tap_on_a_thumb_is_no_second_thumb(visitor: Visitor) -> None:
    (page,) = visitor.contrasting_pages(1)
    for kind in (Kind.UP, Kind.UP, Kind.CLICK, Kind.UP, Kind.CLICK):
        visitor.react(page[0], kind)
    assert visitor.reactions() == ["up", "click"]
    assert undo_last(visitor.connection, visitor.user_id)
    assert not undo_last(visitor.connection, visitor.user_id)


def test_a_changed_mind_is_kept_and_can_be_taken_back(visitor: Visitor) -> None:
    (page,) = visitor.contrasting_pages(1)
    visitor.react(page[0], Kind.UP)
    liked = fingerprint(visitor.profile)
    visitor.react(page[0], Kind.DOWN)
    assert visitor.profile.weights[Criterion.ACTIVITIES] < WEIGHTS[Criterion.ACTIVITIES]
    undo_last(visitor.connection, visitor.user_id)
    assert fingerprint(visitor.profile) == liked


def test_several_tours_may_be_liked_at_once(visitor: Visitor) -> None:
    first, second = visitor.contrasting_pages(2)
    keys = [first[0].package_id, second[0].package_id]
    react(visitor.connection, visitor.user_id, keys, Kind.UP)
    assert visitor.reactions() == ["up", "up"]


def test_a_new_wish_is_learned_for_anew(visitor: Visitor) -> None:
    for page in visitor.contrasting_pages(3):
        visitor.react(page[0])
    new = Interests(locations=["Huế"], activities="cycling", duration=Duration(days=1))
    save_interests(visitor.connection, visitor.user_id, new)
    assert visitor.profile.interests == new
    assert visitor.profile.weights[Criterion.ACTIVITIES] > WEIGHTS[Criterion.ACTIVITIES]
    forget(visitor.connection, visitor.user_id)
    assert fingerprint(visitor.profile) == fingerprint(Visitor(visitor.connection, new).profile)


def test_tours_shown_for_another_reason_than_the_wish_teach_no_weights(visitor: Visitor) -> None:
    page = visitor.contrasting_pages(1)[0]
    visitor.look_at(page, service.SIMILAR)
    assert visitor.react(page[0]) == []


def test_each_reaction_is_held_against_the_page_on_which_the_tour_was_seen_last(
    visitor: Visitor,
) -> None:
    first, second = visitor.contrasting_pages(2)
    visitor.react(first[1])
    visitor.react(second[1])
    pages = [
        set(row.page)
        for row in repository.load_feedback(
            visitor.connection, visitor.user_id, service.STANDARD, 99
        )
    ]
    assert pages == [{each.package_id for each in page} for page in (first, second)]


def test_a_tour_that_was_never_shown_teaches_nothing(visitor: Visitor) -> None:
    found = service.recommend(visitor.connection, visitor.wish, limit=1)[0]
    assert visitor.react(found) == []
    assert visitor.reactions() == ["up"]


def test_one_who_has_stated_nothing_may_react_too(catalogue: Connection) -> None:
    row = catalogue.execute("insert into users default values returning id").fetchone()
    assert row is not None
    found = service.recommend(catalogue, Interests(), limit=3)
    service.record_shown(catalogue, row["id"], found)
    react(catalogue, row["id"], [found[0].package_id], Kind.UP)
    assert service.load_interests(catalogue, row["id"]).is_empty()
    assert len(service.recommend_to(catalogue, row["id"], limit=3)) == 3


def test_a_tour_that_has_left_the_catalogue_cannot_be_reacted_to(visitor: Visitor) -> None:
    with pytest.raises(NotFoundError):
        react(visitor.connection, visitor.user_id, [999_999_999], Kind.UP)
    assert visitor.reactions() == []


def test_what_a_tour_taught_goes_when_it_leaves_the_catalogue(visitor: Visitor) -> None:
    start = fingerprint(visitor.profile)
    (page,) = visitor.contrasting_pages(1)
    visitor.react(page[0])
    visitor.connection.execute("delete from travel_packages where id = %s", [page[0].package_id])
    relearn(visitor.connection, visitor.user_id)
    assert visitor.reactions() == []
    assert fingerprint(visitor.profile) == start


def test_tours_of_another_encoder_are_not_compared(visitor: Visitor) -> None:
    (page,) = visitor.contrasting_pages(1)
    visitor.connection.execute(
        "update travel_packages set encoder = 'another' where id = %s", [page[0].package_id]
    )
    assert visitor.react(page[0]) == []


def test_two_travellers_learn_apart(visitor: Visitor) -> None:
    other = Visitor(visitor.connection)
    (page,) = visitor.contrasting_pages(1)
    visitor.react(page[0])
    assert other.profile.weights == WEIGHTS
    assert not undo_last(other.connection, other.user_id)
    assert visitor.reactions() == ["up"]


def test_a_learned_profile_is_read_back_as_it_was_stored(visitor: Visitor) -> None:
    for page in visitor.contrasting_pages(3):
        visitor.react(page[0])
    result = relearn(visitor.connection, visitor.user_id)
    stored = visitor.profile
    assert stored.weights == dict(result.weights)
    assert stored.wish is not None
    for key, text in result.wish.texts.items():
        assert np.array_equal(stored.wish.texts[key].vector, text.vector)


def test_the_wish_for_more_like_a_tour_is_met_best_by_that_tour(catalogue: Connection) -> None:
    found = service.recommend(catalogue, WISH, limit=30)
    for each in found[::6]:
        like = interests_like(each.package)
        best = service.recommend(catalogue, like, limit=5)
        assert each.package_id in {one.package_id for one in best}
        assert like.locations
