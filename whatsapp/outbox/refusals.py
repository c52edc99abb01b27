"""What each refusal asks of us, whenever and through whomever it comes.

Twilio's codes have five digits, WhatsApp's own six (or few), HTTP's three; they do not overlap.
The same table is used for what is refused at once and for what fails later, by callback.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    """What to do about a refusal."""

    SLOW_DOWN = "slow down"
    SLOW_DOWN_FOR_ONE = "slow down for this traveller"
    WAIT = "wait until the provider can be reached, or our settings are mended"
    TRY_AGAIN = "try again a few times"
    USE_TEMPLATE = "send a template"
    LEAVE_ALONE = "write no more until they write"
    MIRROR_OPT_OUT = "mirror the opt-out"
    PUSH_LESS = "no marketing for a day, and less often"
    SKIP = "skip this one"
    STOP_PUSHES = "the traveller blocked us"
    DROP_PICTURE = "send the words alone"
    PAUSE_TEMPLATE = "pause the template, or send plain words"
    HALT = "send nothing more"
    GIVE_UP = "set it aside"


_CODES: Mapping[Action, str] = {
    # Throughput of the number, of the account, and what Meta calls spam rate.
    Action.SLOW_DOWN: "429 20429 63018 130429 80007 131048 131064 133016 4 17",
    Action.SLOW_DOWN_FOR_ONE: "131056",
    # Token, sender or payment: nothing is wrong with the message.
    Action.WAIT: "20003 63007 21659 190 131042",
    Action.TRY_AGAIN: "63009 63010 63012 63023 20500 20503 131000 131016 131057 133004 135000 1 2",
    Action.USE_TEMPLATE: "63016 131047",
    Action.LEAVE_ALONE: "63003 63024 21211 21614 131026",
    Action.MIRROR_OPT_OUT: "21610 131050",
    Action.PUSH_LESS: "63049 131049",
    Action.SKIP: "63032 130472",
    Action.STOP_PUSHES: "63033",
    Action.DROP_PICTURE: "63019 21620 12300 131052 131053",
    Action.PAUSE_TEMPLATE: (
        "63013 63021 63027 63028 63040 63041 63042 "
        "132000 132001 132005 132007 132012 132015 132016 131008 131009 131051"
    ),
    Action.HALT: "63051 20005 131031 368",
}
TABLE: Mapping[str, Action] = MappingProxyType(
    {code: action for action, codes in _CODES.items() for code in codes.split()}
)
_SERVER_ERROR = re.compile(r"5\d\d")

# Nobody need look at these failures: they are part of the normal course.
IN_ORDER = frozenset(
    {
        Action.LEAVE_ALONE, Action.MIRROR_OPT_OUT, Action.PUSH_LESS, Action.SKIP,
        Action.STOP_PUSHES,
    }
)  # fmt: skip

# A busy or absent provider is worth half an hour's patience, as WhatsApp asks: 4^n seconds.
MOST_ATTEMPTS = 12
_LONGEST_WAIT_S = 300.0
_FAULT_WAITS_S = (4.0, 32.0, 256.0)
_PATIENT = frozenset({Action.SLOW_DOWN, Action.SLOW_DOWN_FOR_ONE, Action.WAIT})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it came.

    Attributes:
        code: the provider's; None where the provider could not even be asked.
        may_pass: whether the channel holds that trying again may help.
        after_s: how long to wait at least, where the provider says so.
    """

    code: str | None
    may_pass: bool = False
    after_s: float | None = None


def action_for(refusal: Refusal) -> Action:
    """Return what to do about *refusal*."""
    if refusal.code is None:
        return Action.WAIT if refusal.may_pass else Action.GIVE_UP
    if refusal.code in TABLE:
        return TABLE[refusal.code]
    passes = refusal.may_pass or _SERVER_ERROR.fullmatch(refusal.code)
    return Action.TRY_AGAIN if passes else Action.GIVE_UP


def next_try_s(action: Action, attempts: int, after_s: float | None = None) -> float | None:
    """Return after how many seconds to try again what failed *attempts* times; None for never."""
    wait_s = _wait_s(action, attempts)
    if wait_s is None:
        return None
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    return max(wait_s * jitter, after_s or 0.0)


def _wait_s(action: Action, attempts: int) -> float | None:
    if action is Action.HALT:
        return 0.0  # it waits for the account to be unlocked
    if action is Action.TRY_AGAIN:
        return _FAULT_WAITS_S[attempts - 1] if attempts <= len(_FAULT_WAITS_S) else None
    if action in _PATIENT and attempts < MOST_ATTEMPTS:
        return min(_LONGEST_WAIT_S, 4.0 ** (attempts - 1))
    return None
