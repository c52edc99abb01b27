"""Faults on demand: what goes wrong next, how often, and with which probability.

A new kind of fault is a class here, a field of ``FaultRequest`` and one question asked where it
should bite.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Resource = Literal["sends", "lists", "messages", "contents", "typing", "media"]
Webhook = Literal["messages", "callbacks"]
DEFAULT_SEED = 1


class Plan(BaseModel):
    """How often a fault happens.

    Attributes:
        count: It happens this many times; None: until it is cleared.
        probability: The share of the occasions at which it happens, from 0 to 1.
    """

    model_config = ConfigDict(extra="forbid")

    count: int | None = Field(default=1, ge=0, le=1_000_000)
    probability: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False)


class RequestPlan(Plan):
    """A fault of the REST side; ``on`` names the resources that it befalls."""

    on: list[Resource] = Field(default=["sends"], min_length=1, max_length=6)


class WebhookPlan(Plan):
    """A fault on the way to the bot; ``on`` names the kinds of webhook that it befalls."""

    on: list[Webhook] = Field(default=["messages", "callbacks"], min_length=1, max_length=2)


class FailNext(RequestPlan):
    """Refuse with this error; ``retry_after`` is in seconds."""

    http_status: int = Field(default=500, ge=400, le=599)
    code: int = Field(default=20500, ge=1, le=999_999)
    retry_after: float | None = Field(default=None, ge=0, le=3600, allow_inf_nan=False)


class TimeoutAfterAccepting(RequestPlan):
    """Do what is asked, but answer only after ``hold_seconds``."""

    hold_seconds: float = Field(default=30, ge=0, le=120, allow_inf_nan=False)


class ResetBeforeAccepting(RequestPlan):
    """Break the connection and do nothing."""


class ResetAfterAccepting(RequestPlan):
    """Do what is asked, then break the connection instead of answering."""


class GarbleAnswers(RequestPlan):
    """Do what is asked, then answer with nonsense."""

    kind: Literal["html", "truncated", "empty", "list"] = "html"


class SlowAnswers(RequestPlan):
    """Wait before doing what is asked."""

    seconds: float = Field(default=2, ge=0, le=120, allow_inf_nan=False)


class DuplicateWebhooks(WebhookPlan):
    """Post a webhook several times at once."""

    copies: int = Field(default=2, ge=1, le=50)


class LoseWebhooks(WebhookPlan):
    """Never post a webhook, though the message is in the account's list."""


class DelayWebhooks(WebhookPlan):
    """Post a webhook late, so that others overtake it; ``seconds`` of simulated time."""

    seconds: float = Field(default=5, ge=0, le=604_800, allow_inf_nan=False)


class ReorderWebhooks(Plan):
    """Gather so many messages' webhooks (5 seconds at most) and post them backwards."""

    size: int = Field(default=2, ge=2, le=50)


class SwapStatuses(Plan):
    """Report sent after delivered."""


class FailByCallback(Plan):
    """Accept a message, and then tell by callback that it failed."""

    code: int = Field(default=63012, ge=1, le=999_999)
    status: Literal["failed", "undelivered"] = "failed"


class StormCallbacks(Plan):
    """Report all of a message's statuses again, ``times`` times each and in any order."""

    times: int = Field(default=5, ge=1, le=100)


class FaultRequest(BaseModel):
    """The faults to plan, by name; those left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    fail_next: FailNext | None = None
    timeout_after_accepting: TimeoutAfterAccepting | None = None
    reset_before_accepting: ResetBeforeAccepting | None = None
    reset_after_accepting: ResetAfterAccepting | None = None
    garble_answers: GarbleAnswers | None = None
    slow_answers: SlowAnswers | None = None
    duplicate_webhooks: DuplicateWebhooks | None = None
    lose_webhooks: LoseWebhooks | None = None
    delay_webhooks: DelayWebhooks | None = None
    reorder_webhooks: ReorderWebhooks | None = None
    swap_statuses: SwapStatuses | None = None
    fail_by_callback: FailByCallback | None = None
    storm_callbacks: StormCallbacks | None = None
    seed: int | None = Field(default=None, ge=0, le=2**31)


NAMES = tuple(name for name in FaultRequest.model_fields if name != "seed")
P = TypeVar("P", bound=Plan)


@dataclass(slots=True)
class _Planned:
    """A plan under way."""

    plan: Plan
    left: int | None
    happened: int = 0


class Faults:
    """What is planned to go wrong in one simulator; nothing at first."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Plan nothing, and start the dice anew."""
        self._planned: dict[str, _Planned] = {}
        self._happened: Counter[str] = Counter()
        self._seed(DEFAULT_SEED)

    def plan(self, request: FaultRequest) -> None:
        """Plan the faults of a request, each in place of an older plan of its name."""
        if request.seed is not None:
            self._seed(request.seed)
        for name in NAMES:
            plan: Plan | None = getattr(request, name)
            if plan is not None:
                self._planned[name] = _Planned(plan, plan.count)

    def cancel(self, name: str) -> None:
        """Drop one plan, if there is one."""
        self._planned.pop(name, None)

    def take(self, kind: type[P], on: str = "") -> P | None:
        """The plan that happens now, or None.

        Args:
            kind: The class of the fault.
            on: The resource or webhook at hand; empty for faults that know only one.
        """
        for name, planned in self._planned.items():
            if isinstance(planned.plan, kind):
                return planned.plan if self._happens(name, planned, on) else None
        return None

    def planned(self, kind: type[Plan]) -> bool:
        """Whether a fault of this kind may still happen."""
        return any(isinstance(p.plan, kind) and p.left != 0 for p in self._planned.values())

    def shuffled(self, things: list[Any]) -> list[Any]:
        """The same things in an order that the seed decides."""
        return self._dice.sample(things, len(things))

    def view(self) -> dict[str, Any]:
        """What is still to come and what has happened, as JSON."""
        return {
            "failures_left": self._left("fail_next"),
            "timeouts_left": self._left("timeout_after_accepting"),
            "duplicates_left": self._left("duplicate_webhooks"),
            "swaps_left": self._left("swap_statuses"),
            "http_status": self._detail("fail_next", "http_status"),
            "code": self._detail("fail_next", "code"),
            "retry_after": self._detail("fail_next", "retry_after"),
            "hold_seconds": self._detail("timeout_after_accepting", "hold_seconds"),
            "copies": self._detail("duplicate_webhooks", "copies"),
            "seed": self._seeded,
            "planned": {
                name: {**p.plan.model_dump(), "left": p.left, "happened": p.happened}
                for name, p in self._planned.items()
            },
            "happened": dict(self._happened),
        }

    def _seed(self, seed: int) -> None:
        self._seeded = seed
        self._dice = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def _happens(self, name: str, planned: _Planned, on: str) -> bool:
        places = getattr(planned.plan, "on", ())
        if planned.left == 0 or (on and on not in places):
            return False
        if self._dice.random() >= planned.plan.probability:
            return False
        if planned.left is not None:
            planned.left -= 1
        planned.happened += 1
        self._happened[name] += 1
        return True

    def _left(self, name: str) -> int | None:
        planned = self._planned.get(name)
        return planned.left if planned else 0

    def _detail(self, name: str, field: str) -> Any:
        """A setting of a plan, or its default where nothing is planned."""
        planned = self._planned.get(name)
        if planned:
            return getattr(planned.plan, field)
        return DEFAULTS[name].get(field)


DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "fail_next": FailNext().model_dump(),
    "timeout_after_accepting": TimeoutAfterAccepting().model_dump(),
    "duplicate_webhooks": DuplicateWebhooks().model_dump(),
}
