"""Where the talk with one traveller stands, and how each event changes it."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.understanding import Context, Language

VERSION = 1
MOST_REMEMBERED = 500
"""Tours remembered as shown; older ones may come again."""

PATIENCE = 2
"""After so many messages in a row that were not understood, a person is offered."""


class State(BaseModel):
    """What is remembered of a talk between two messages.

    Attributes:
        version: of this shape; a state of another version is read as a new talk.
        language: the language the traveller used last; None before their first words.
        introduced: whether they have been told who is talking.
        page: database keys of the tours of the last list, in the order of their numbers.
        shown: keys of all tours shown for the present wish; "more" never repeats one.
        focus: key of the tour that was looked at last.
        excluded: names of places not to be visited.
        negated: ids of concepts not wished.
        strict_budget: whether nothing above the ceiling may be shown, after "cheaper".
        misunderstood: how many messages in a row were not understood.
        handed_over: whether a person answers now and we are silent.
        person_offered: whether the last answer offered to talk to a person.
        stopped: whether the traveller asked for silence.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = VERSION
    language: Language | None = None
    introduced: bool = False
    page: list[int] = []
    shown: list[int] = []
    focus: int | None = None
    excluded: list[str] = []
    negated: list[str] = []
    strict_budget: bool = False
    misunderstood: Annotated[int, Field(ge=0)] = 0
    handed_over: bool = False
    person_offered: bool = False
    stopped: bool = False

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Return the state in *stored*; a new talk where it is empty or of another version."""
        if stored.get("version") != VERSION:
            return cls()
        try:
            return cls.model_validate(stored)
        except ValidationError:
            return cls()

    def context(self, *, has_interests: bool) -> Context:
        """Return what helps to understand the next message."""
        return Context(
            language=self.language,
            has_interests=has_interests,
            shown=len(self.page),
            person_offered=self.person_offered,
            stopped=self.stopped,
        )

    def speaking(self, language: Language) -> Self:
        """The traveller uses *language*."""
        return self._with(language=language)

    def after_introduction(self) -> Self:
        """They have been told who is talking."""
        return self._with(introduced=True)

    def after_new_wish(self, excluded: list[str], negated: list[str]) -> Self:
        """A wish was stated: what was shown for the one before may come again."""
        return self._with(
            shown=[],
            page=[],
            focus=None,
            excluded=excluded,
            negated=negated,
            strict_budget=False,
        )

    def after_refusals(self, excluded: list[str], negated: list[str]) -> Self:
        """More places and concepts are not wished."""
        return self._with(
            excluded=list(dict.fromkeys([*self.excluded, *excluded])),
            negated=list(dict.fromkeys([*self.negated, *negated])),
            shown=[],
        )

    def after_changes(self, *, cheaper: bool, priced: bool) -> Self:
        """Something cheaper is wished, or a price was stated, which is no hard limit again."""
        if cheaper:
            return self._with(strict_budget=True)
        return self._with(strict_budget=False) if priced else self

    def after_list(self, package_ids: list[int]) -> Self:
        """A list of tours was shown."""
        return self._with(
            page=package_ids,
            shown=list(dict.fromkeys([*self.shown, *package_ids]))[-MOST_REMEMBERED:],
            focus=package_ids[0] if len(package_ids) == 1 else None,
        )

    def after_details(self, package_id: int) -> Self:
        """One tour was looked at."""
        return self._with(focus=package_id)

    def after_misunderstanding(self) -> Self:
        """A message was not understood."""
        return self._with(misunderstood=self.misunderstood + 1)

    def after_understanding(self) -> Self:
        """A message was understood."""
        return self._with(misunderstood=0)

    def after_answer(self, *, person_offered: bool) -> Self:
        """Something was said that may have offered to talk to a person."""
        return self._with(person_offered=person_offered)

    def after_handing_over(self) -> Self:
        """A person answers from here on."""
        return self._with(handed_over=True)

    def after_handing_back(self) -> Self:
        """The person has finished."""
        return self._with(handed_over=False)

    def after_stop(self) -> Self:
        """The traveller wants silence, from a person as well."""
        return self._with(stopped=True, handed_over=False)

    def after_start(self) -> Self:
        """The traveller wants to talk again."""
        return self._with(stopped=False, introduced=True)

    def _with(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)
