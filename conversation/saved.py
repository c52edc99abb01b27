"""Saved tours: keeping one, listing them, letting one go."""

import re

from conversation import repository, tour_text, tours
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.understanding import Steer
from core.text import fold
from recommender import service as recommender
from recommender.schemas import Package

MOST = 50
_PAGE = 9
"""So many rows of a list leave one for the next page."""

_NUMBER = re.compile(r"(?<![\w.,])[1-9]\d?(?![\w.,])", re.ASCII)
_REMOVES = re.compile(
    r"\b(?:remove|unsave|delete|drop|take (?:\w+ ){1,3}off|bo luu|go bo|xoa"
    r"|bo (?:tour|so|cai) ?\d*)\b"
)


def saved(turn: Turn) -> list[Outgoing]:
    """Answer "save 2", "remove 2 from my saved tours" and "my saved tours"."""
    if not turn.understanding.ordinals:  # whoever saves speaks of no other numbers than tours'
        numbers = tuple(dict.fromkeys(int(each) for each in _NUMBER.findall(turn.text)))
        turn.understanding = turn.understanding.model_copy(update={"ordinals": numbers})
    means_one = bool(turn.understanding.ordinals) or turn.package_id is not None
    if _REMOVES.search(fold(turn.text)) and (means_one or turn.state.focus is not None):
        return remove(turn)
    return show(turn) if turn.understanding.steer is Steer.SHOW_SAVED else save(turn)


def save(turn: Turn) -> list[Outgoing]:
    """Save the tours that a message means."""
    keys = tours.all_meant(turn)
    if len(keys) < 2:
        return tours.about_one(turn, _save_one)
    kept = [key for key in tours.by_key(turn, keys) if _save(turn, key)]
    words = (
        turn.say("saved.several", count=len(kept)) if kept else turn.say("saved.full", most=MOST)
    )
    return [turn.message(words, [turn.choice("saved", "choice.saved")])]


def remove(turn: Turn) -> list[Outgoing]:
    """Let go of a saved tour."""
    return tours.about_one(turn, _remove_one)


def show(turn: Turn) -> list[Outgoing]:
    """List the saved tours; numbers stand for these from now on."""
    keys = repository.saved_tours(turn.connection, turn.user_id)
    if not keys:
        return [turn.message(turn.say("saved.none"))]
    start = int(turn.argument or 0) % len(keys)
    page = keys[start : start + _PAGE]
    turn.state = turn.state.numbering(page)
    choices = tours.rows(turn, page)
    if start + _PAGE < len(keys):
        choices.append(turn.choice(f"saved:{start + _PAGE}", "choice.saved_more"))
    packages = tours.by_key(turn, page)
    lines = [
        f"*{number}.* {tour_text.title(packages[key])}{_state(turn, key)}"
        for number, key in enumerate(page, 1)
    ]
    heading = turn.say("saved.heading", count=len(keys))
    return [turn.message("\n".join([heading, *lines, "", turn.say("saved.hint")]), choices)]


def _state(turn: Turn, package_id: int) -> str:
    offered = recommender.is_offered(turn.connection, package_id)
    return "" if offered else turn.say("saved.retired")


def _save(turn: Turn, package_id: int) -> bool:
    return repository.save_tour(turn.connection, turn.user_id, package_id, MOST)


def _save_one(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    if not _save(turn, package_id):
        choices = [turn.choice("saved", "choice.saved")]
        return [turn.message(turn.say("saved.full", most=MOST), choices)]
    choices = [
        turn.choice("saved", "choice.saved"),
        turn.choice(f"unsave:{package_id}", "choice.unsave"),
    ]
    words = turn.say("saved.done", title=tour_text.title(package))
    return [turn.message(words, choices, about=package_id)]


def _remove_one(turn: Turn, package_id: int, package: Package) -> list[Outgoing]:
    removed = repository.unsave_tour(turn.connection, turn.user_id, package_id)
    words = turn.say(
        "saved.removed" if removed else "saved.not_there", title=tour_text.title(package)
    )
    return [turn.message(words, about=package_id)]
