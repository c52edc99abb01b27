"""The talk as a state machine: its steps, what can happen, and where each thing leads.

The table below is all there is: whatever an answer does besides, it moves the talk by one of these
events. `docs/conversation.md` shows the same table as a picture, and a test keeps it so.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from conversation.understanding import Intent


class Step(StrEnum):
    """Where a talk stands; a step named after a question waits for its answer."""

    NEW = "new"
    OPEN = "open"
    ASK_PLACE = "ask_place"
    ASK_LENGTH = "ask_length"
    ASK_BUDGET = "ask_budget"
    ASK_LIKES = "ask_likes"
    ASK_DATES = "ask_dates"
    ASK_RHYTHM = "ask_rhythm"
    TOURS = "tours"
    TOUR = "tour"
    PLAN_RHYTHM = "plan_rhythm"
    PLAN_DAY = "plan_day"
    PLAN_HOUR = "plan_hour"
    PLAN_CONSENT = "plan_consent"
    CONFIRM_ERASURE = "confirm_erasure"
    OFFERED_PERSON = "offered_person"
    PERSON = "person"
    SILENT = "silent"


class Event(StrEnum):
    """What can happen in a talk."""

    INTRODUCED = "introduced"
    ANSWERED = "answered"
    SHOWED_TOURS = "showed_tours"
    SHOWED_TOUR = "showed_tour"
    ONBOARDING_BEGAN = "onboarding_began"
    QUESTION_SETTLED = "question_settled"
    PLANNING_BEGAN = "planning_began"
    LEFT = "left"
    ERASURE_ASKED = "erasure_asked"
    ERASED = "erased"
    PERSON_OFFERED = "person_offered"
    PERSON_CALLED = "person_called"
    HANDED_BACK = "handed_back"
    STOPPED = "stopped"
    STARTED = "started"


ONBOARDING = (
    Step.ASK_PLACE,
    Step.ASK_LENGTH,
    Step.ASK_BUDGET,
    Step.ASK_LIKES,
    Step.ASK_DATES,
    Step.ASK_RHYTHM,
)
PLANNING = (Step.PLAN_RHYTHM, Step.PLAN_DAY, Step.PLAN_HOUR, Step.PLAN_CONSENT)

TALKING: Mapping[Event, Step] = MappingProxyType(
    {
        Event.INTRODUCED: Step.OPEN,
        Event.ANSWERED: Step.OPEN,
        Event.SHOWED_TOURS: Step.TOURS,
        Event.SHOWED_TOUR: Step.TOUR,
        Event.ONBOARDING_BEGAN: Step.ASK_PLACE,
        Event.QUESTION_SETTLED: Step.OPEN,
        Event.PLANNING_BEGAN: Step.PLAN_RHYTHM,
        Event.LEFT: Step.OPEN,
        Event.ERASURE_ASKED: Step.CONFIRM_ERASURE,
        Event.ERASED: Step.NEW,
        Event.PERSON_OFFERED: Step.OFFERED_PERSON,
        Event.PERSON_CALLED: Step.PERSON,
        Event.HANDED_BACK: Step.OPEN,
        Event.STOPPED: Step.SILENT,
        Event.STARTED: Step.OPEN,
    }
)
"""Where an event leads from any step at which we talk, unless `OWN` says otherwise."""


def _asked_in_turn(questions: tuple[Step, ...], then: Step) -> dict[Step, dict[Event, Step]]:
    """Let a settled question lead to the next one; what is answered in between, to itself."""
    following = (*questions[1:], then)
    return {
        question: {
            Event.QUESTION_SETTLED: after,
            Event.INTRODUCED: question,
            Event.ANSWERED: question,
            Event.SHOWED_TOUR: question,
        }
        for question, after in zip(questions, following, strict=True)
    }


def _only(step: Step, exits: dict[Event, Step]) -> dict[Event, Step]:
    """Let a step be left by nothing but these events."""
    return {event: exits.get(event, step) for event in Event}


OWN: Mapping[Step, Mapping[Event, Step]] = MappingProxyType(
    {
        Step.TOURS: {Event.INTRODUCED: Step.TOURS, Event.ANSWERED: Step.TOURS},
        Step.TOUR: {Event.INTRODUCED: Step.TOUR, Event.ANSWERED: Step.TOUR},
        **_asked_in_turn(ONBOARDING, Step.OPEN),
        **_asked_in_turn(PLANNING, Step.OPEN),
        Step.PERSON: _only(Step.PERSON, {Event.HANDED_BACK: Step.OPEN, Event.STOPPED: Step.SILENT}),
        Step.SILENT: _only(Step.SILENT, {Event.STARTED: Step.OPEN}),
    }
)
"""Where an event leads from one step in particular."""

TABLE: Mapping[tuple[Step, Event], Step] = MappingProxyType(
    {
        (step, event): OWN.get(step, {}).get(event, TALKING[event])
        for step in Step
        for event in Event
    }
)
"""For every step and every event, the next step."""

AWAITED: Mapping[Step, Intent] = MappingProxyType(
    {
        **dict.fromkeys(ONBOARDING, Intent.REFINE),
        Step.ASK_RHYTHM: Intent.SCHEDULE,
        **dict.fromkeys(PLANNING, Intent.SCHEDULE),
        Step.CONFIRM_ERASURE: Intent.DELETE_DATA,
        Step.OFFERED_PERSON: Intent.HUMAN,
    }
)
"""What the answer to a question of ours is about."""


def diagram() -> str:
    """Return the table as a Mermaid diagram; what leads from every step is drawn once."""
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Step.NEW}", *_talking(), *_arrows(OWN)])


def _talking() -> Iterator[str]:
    inner = [step for step in Step if step not in {Step.PERSON, Step.SILENT}]
    yield "    state talking {"
    yield from (f"        {step}" for step in inner)
    yield "    }"
    for target, events in _by_target(TALKING):
        yield f"    talking --> {target}: {events}"


def _arrows(rows: Mapping[Step, Mapping[Event, Step]]) -> Iterator[str]:
    for step, row in rows.items():
        for target, events in _by_target(row):
            if step not in {Step.PERSON, Step.SILENT} or target is not step:
                yield f"    {step} --> {target}: {events}"


def _by_target(row: Mapping[Event, Step]) -> Iterator[tuple[Step, str]]:
    in_order = sorted(row.items(), key=lambda each: list(Step).index(each[1]))
    for target, pairs in groupby(in_order, key=lambda each: each[1]):
        yield target, ", ".join(event for event, _ in pairs)
