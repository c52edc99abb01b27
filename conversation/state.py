"""What is remembered of the talk with one traveller, and how each thing said changes it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.machine import AWAITED, TABLE, Event, Step
from conversation.schemas import Choice
from conversation.understanding import Context, Language
from conversation.understanding.schemas import Schedule
from core.text import fold
from recommender.schemas import DateSpan

VERSION = 2
MOST_REMEMBERED = 500
"""Tours remembered as shown; older ones may come again."""

PATIENCE = 2
"""After so many messages in a row that were not understood, a person is offered."""


class Held(BaseModel):
    """A code to join that was taken, and waits for the traveller's yes.

    Attributes:
        user_id: the web account that it connects with.
        detail: what that account's page noted with the code.
        until: when the question expires.
    """

    model_config = ConfigDict(frozen=True)

    user_id: int
    detail: dict[str, Any]
    until: dt.datetime


class State(BaseModel):
    """What is remembered of a talk between two messages.

    Attributes:
        version: of this shape; an older one is carried over, a newer one is read as a new talk.
        step: where the talk stands.
        asked_at: when the question of this step was asked; None at a step without one.
        language: the language the traveller used last; None before their first words.
        page: database keys of the tours of the last list, in the order of their numbers.
        shown: keys of all tours shown for the present wish; "more" never repeats one.
        focus: key of the tour that was looked at last.
        excluded: names of places not to be visited.
        negated: ids of concepts not wished.
        strict_budget: whether nothing above the ceiling may be shown, after "cheaper".
        dates: days between which the journey is to be.
        misunderstood: how many messages in a row were not understood.
        media_told: whether the last thing said was that pictures are not looked at.
        plan: what is known so far of a schedule that is being agreed on.
        offered: what could be tapped last, by its folded label: all of it may be typed as well.
        reason: why a person was offered, for the note that staff will read.
        held: the code of which it was asked whether it is the traveller's own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = VERSION
    step: Step = Step.NEW
    asked_at: dt.datetime | None = None
    language: Language | None = None
    page: list[int] = []
    shown: list[int] = []
    focus: int | None = None
    excluded: list[str] = []
    negated: list[str] = []
    strict_budget: bool = False
    dates: DateSpan | None = None
    misunderstood: Annotated[int, Field(ge=0)] = 0
    media_told: bool = False
    plan: Schedule | None = None
    offered: dict[str, str] = {}
    reason: str = ""
    held: Held | None = None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Return the state in *stored*; a new talk where it is empty, newer or broken."""
        try:
            return cls.model_validate(_carried_over(stored))
        except ValidationError:
            return cls()

    @property
    def introduced(self) -> bool:
        """Whether they have been told who is talking."""
        return self.step is not Step.NEW

    @property
    def stopped(self) -> bool:
        """Whether the traveller asked for silence."""
        return self.step is Step.SILENT

    @property
    def handed_over(self) -> bool:
        """Whether a person answers now and we are silent."""
        return self.step is Step.PERSON

    def context(self, *, has_interests: bool, today: dt.date | None = None) -> Context:
        """Return what helps to understand the next message."""
        return Context(
            language=self.language,
            has_interests=has_interests,
            shown=len(self.page),
            person_offered=self.step is Step.OFFERED_PERSON,
            stopped=self.stopped,
            awaiting=AWAITED.get(self.step),
            today=today,
        )

    def after(self, event: Event) -> Self:
        """*event* has happened."""
        step = TABLE[self.step, event]
        asked_at = dt.datetime.now(dt.UTC) if step in AWAITED else None
        return self._with(step=step, asked_at=asked_at)

    def speaking(self, language: Language) -> Self:
        """The traveller uses *language*."""
        return self._with(language=language)

    def after_new_wish(self, excluded: list[str], negated: list[str]) -> Self:
        """A wish was stated: what was shown for the one before may come again."""
        return self._with(
            shown=[],
            page=[],
            focus=None,
            excluded=excluded,
            negated=negated,
            strict_budget=False,
            dates=None,
        )

    def after_refusals(self, excluded: list[str], negated: list[str]) -> Self:
        """More places and concepts are not wished."""
        return self._with(
            excluded=list(dict.fromkeys([*self.excluded, *excluded])),
            negated=list(dict.fromkeys([*self.negated, *negated])),
            shown=[],
        )

    def after_turning_down(self, package_ids: list[int]) -> Self:
        """Tours were refused: they do not come again for this wish."""
        return self._with(shown=_latest([*self.shown, *package_ids]))

    def after_changes(self, *, cheaper: bool, priced: bool) -> Self:
        """Something cheaper is wished, or a price was stated, which is no hard limit again."""
        if cheaper:
            return self._with(strict_budget=True)
        return self._with(strict_budget=False) if priced else self

    def travelling(self, dates: DateSpan | None) -> Self:
        """The journey is to be between these days; None where any will do."""
        return self._with(dates=dates)

    def after_list(self, package_ids: list[int], *, numbered: list[int] | None = None) -> Self:
        """A list of tours was shown; *numbered* are all that numbers stand for now."""
        page = package_ids if numbered is None else numbered
        return self._with(
            page=page,
            shown=_latest([*self.shown, *package_ids]),
            focus=page[0] if len(page) == 1 else None,
        )

    def numbering(self, package_ids: list[int]) -> Self:
        """Tours seen before were listed again: numbers stand for these."""
        return self._with(page=package_ids, focus=None)

    def after_details(self, package_id: int) -> Self:
        """One tour was looked at."""
        return self._with(focus=package_id)

    def after_misunderstanding(self) -> Self:
        """A message was not understood."""
        return self._with(misunderstood=self.misunderstood + 1)

    def after_understanding(self) -> Self:
        """A message was understood."""
        return self._with(misunderstood=0, media_told=False)

    def after_telling_of_media(self) -> Self:
        """They have been told that pictures are not looked at."""
        return self._with(media_told=True)

    def planning(self, plan: Schedule | None) -> Self:
        """So much is known of the schedule that is being agreed on."""
        return self._with(plan=plan)

    def after_offering(self, choices: Iterable[Choice]) -> Self:
        """These could be tapped; where nothing could, those before can still be typed."""
        offered = {fold(choice.label): choice.id for choice in choices}
        return self._with(offered=offered) if offered else self

    def because(self, reason: str) -> Self:
        """A person is offered for this *reason*."""
        return self._with(reason=reason)

    def holding(self, held: Held | None) -> Self:
        """A code waits for a yes; with None none does any more."""
        return self._with(held=held)

    def _with(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)


def _latest(package_ids: list[int]) -> list[int]:
    return list(dict.fromkeys(package_ids))[-MOST_REMEMBERED:]


def _carried_over(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a stored state in today's shape; nothing where its version is unknown."""
    while stored.get("version") != VERSION:
        upgrade = _UPGRADES.get(stored.get("version", 0))
        if upgrade is None:
            return {}
        stored = upgrade(stored)
    return stored


def _from_1(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had flags in place of a step."""
    steps = (
        ("stopped", Step.SILENT),
        ("handed_over", Step.PERSON),
        ("person_offered", Step.OFFERED_PERSON),
        ("focus", Step.TOUR),
        ("page", Step.TOURS),
        ("introduced", Step.OPEN),
    )
    step = next((step for flag, step in steps if stored.get(flag)), Step.NEW)
    return {**stored, "version": 2, "step": step}


_UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""How the state of each older version becomes the next one's."""
