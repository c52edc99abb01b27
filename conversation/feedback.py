"""Answers to thumbs and to "more like this": what was learned from them, and how to undo it."""

from collections.abc import Callable, Mapping

from conversation import replies, saved, tour_text, tours
from conversation.schemas import Choice, Outgoing
from conversation.turn import Turn
from conversation.understanding import Steer
from recommender import service as recommender
from recommender.feedback import forget, react, undo_last
from recommender.lessons import in_words
from recommender.reactions import Kind
from recommender.schemas import Package


def feedback(turn: Turn) -> list[Outgoing]:
    """Learn from what a traveller says of a tour, or take back what was learned."""
    said = turn.understanding
    if said.steer is not None:
        return _STEERED[said.steer](turn)
    if said.turned_down and not said.ordinals:
        return _turned_down(turn)
    if said.liked is None:
        return replies.all_right(turn)
    if tours.meant(turn) is None:
        return _liked_which(turn) if said.liked else replies.disliked(turn)
    return tours.about_one(turn, _liked if said.liked else _disliked)


def _turned_down(turn: Turn) -> list[Outgoing]:
    """Learn from "not the first one", and show others."""
    refused = tours.by_key(turn, tours.refused_tours(turn))
    if not refused:
        return replies.disliked(turn)
    react(turn.connection, turn.user_id, refused, Kind.DOWN)
    return tours.more(turn)


def _liked(turn: Turn, package_id: int, _: Package) -> list[Outgoing]:
    body = _noted(turn, Kind.UP)
    similar = turn.choice(f"similar:{package_id}", "choice.similar")
    choices = [similar, turn.choice("undo", "choice.undo")]
    if recommender.is_offered(turn.connection, package_id):
        choices = [
            turn.choice(f"book:{package_id}", "choice.book"),
            turn.choice(f"save:{package_id}", "choice.save"),
            similar,
        ]
    return [turn.message(body, choices, about=package_id)]


def _disliked(turn: Turn, _: int, __: Package) -> list[Outgoing]:
    body = _noted(turn, Kind.DOWN)
    choices = [turn.choice(tours.MORE, "choice.more"), turn.choice("undo", "choice.undo")]
    return [turn.message(body, choices)]


def _noted(turn: Turn, kind: Kind) -> str:
    """Learn, and say in one line what it changes and how to take it back."""
    tours_meant = tours.by_key(turn, tours.all_meant(turn))
    changes = react(turn.connection, turn.user_id, tours_meant, kind)
    if not changes:
        return turn.say("feedback.remembered")
    return turn.say("feedback.noted", lesson=in_words(changes[0], turn.language))


def _liked_which(turn: Turn) -> list[Outgoing]:
    """Ask which of several tours pleased: one tap tells."""
    page = turn.state.page
    if not page:
        return replies.all_right(turn)
    choices = [_thumb(turn, number, package_id) for number, package_id in enumerate(page, 1)]
    return [turn.message(turn.say("feedback.good"), choices)]


def _thumb(turn: Turn, number: int, package_id: int) -> Choice:
    label = turn.say("choice.like_number", number=number)
    return Choice(id=f"like:{package_id}", label=label)


def _more_like(turn: Turn) -> list[Outgoing]:
    return tours.about_one(turn, _similar)


def _similar(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    """Show tours like one of them that were not shown before; to ask for them is to like it."""
    react(turn.connection, turn.user_id, [package_id], Kind.MORE_LIKE)
    found = recommender.recommend_like(
        turn.connection,
        package,
        limit=turn.page_size + 1,
        exclude=[*turn.state.shown, *turn.listed, package_id],
        filters=tours.refusals(turn, turn.stored.budget),
        language=turn.language,
    )
    if not found or found[0].score < tours.WORTH_SHOWING:
        return [turn.message(turn.say("similar.none", title=tour_text.title(package)))]
    heading = turn.say("similar.heading", title=tour_text.title(package))
    return tours.show(turn, found, heading, recommender.SIMILAR)


def _undo(turn: Turn) -> list[Outgoing]:
    undone = undo_last(turn.connection, turn.user_id)
    return [turn.message(turn.say("undo.done" if undone else "undo.nothing"))]


def _forget(turn: Turn) -> list[Outgoing]:
    forgotten = forget(turn.connection, turn.user_id)
    return [turn.message(turn.say("forget.done" if forgotten else "forget.nothing"))]


_STEERED: Mapping[Steer, Callable[[Turn], list[Outgoing]]] = {
    Steer.SAVE: saved.saved,
    Steer.SHOW_SAVED: saved.saved,
    Steer.MORE_LIKE: _more_like,
    Steer.UNDO: _undo,
    Steer.FORGET: _forget,
}
