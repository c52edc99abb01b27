"""Suggestions on a schedule: agreed on in so many words, changed, paused, ended."""

import functools
import re
from collections.abc import Callable, Mapping

from conversation import repository
from conversation.calendar_words import day, hour
from conversation.machine import PLANNING, Event, Step
from conversation.replies import RECOMMENDATIONS, business, consent
from conversation.schemas import Choice, Outgoing
from conversation.turn import WORDING, Turn
from conversation.undecided import skips
from conversation.understanding import Intent, Rhythm, Schedule
from conversation.understanding.commands import agreement
from core.text import fold

EARLIEST, LATEST = 7, 21
"""Hours at which a suggestion may come; the night is for sleeping."""

_LONGEST_PAUSE = 366
_PAUSES = (7, 14, 30)
_HOURS = (10, 19)
_BY_DAY = frozenset({Rhythm.WEEKLY, Rhythm.FORTNIGHTLY})
_RESUMES = re.compile(r"\b(?:resume|unpause|continue sending|tiep tuc gui|gui (?:lai|tiep))\b")
_ENDS = re.compile(
    r"\b(?:(?:stop|cancel|end|no more|turn off|quit) (?:\w+ ){0,3}(?:suggestions?|ideas?"
    r"|recommendations?|schedule|reminders?|updates?)"
    r"|(?:dung|ngung|huy|tat|thoi) (?:\w+ ){0,2}(?:goi y|lich|nhac))\b"
)


def schedule(turn: Turn) -> list[Outgoing]:
    """Begin, or change, a schedule; what was not said is asked for."""
    plain = fold(turn.text)
    if _ENDS.search(plain):
        return end(turn)
    if _RESUMES.search(plain):
        return resume(turn)
    turn.state = turn.state.planning(_known(turn))
    turn.happened(Event.PLANNING_BEGAN)
    return _go_on(turn)


def is_answered(turn: Turn) -> bool:
    """Tell whether a message answers a question about the schedule."""
    if turn.state.step not in PLANNING:
        return False
    said = turn.understanding
    if agreement(turn.text) is not None or said.intent is Intent.SCHEDULE:
        return True
    return said.schedule is not None or skips(turn.text)


def take(turn: Turn) -> list[Outgoing]:
    """Take an answer to the question before."""
    agreed = agreement(turn.text)
    if agreed is False:
        return decline(turn)
    if turn.state.step is Step.PLAN_CONSENT and agreed:
        return agree(turn)
    said = turn.understanding.schedule
    if said is not None:
        turn.state = turn.state.planning(_both(turn.state.plan, said))
        return _go_on(turn)
    if skips(turn.text) and turn.state.step in {Step.PLAN_DAY, Step.PLAN_HOUR}:
        turn.happened(Event.QUESTION_SETTLED)
        return _go_on(turn)
    turn.happened(Event.ANSWERED)  # and the question is asked once more
    return []


def any_time(turn: Turn) -> list[Outgoing]:
    """Leave the day, or the hour, to us."""
    asked = {"weekday": Step.PLAN_DAY, "hour": Step.PLAN_HOUR}.get(turn.argument)
    if turn.state.step is not asked:
        return schedule_anew(turn)
    turn.happened(Event.QUESTION_SETTLED)
    return _go_on(turn)


def question(turn: Turn) -> Outgoing:
    """Return the question that the present step asks."""
    choices = _CHOICES[turn.state.step](turn)
    if turn.state.step is Step.PLAN_CONSENT:
        return turn.message(_terms(turn), choices)
    return turn.message(turn.say(f"plan.{turn.state.step}"), choices)


def agree(turn: Turn) -> list[Outgoing]:
    """Store the schedule agreed on; its terms are asked for anew where they are forgotten."""
    plan = turn.state.plan
    if turn.state.step is not Step.PLAN_CONSENT or plan is None or plan.rhythm is None:
        return schedule(turn)
    said = agree_to(turn, plan, _terms(turn))
    turn.happened(Event.QUESTION_SETTLED)
    return [said]


def agree_to(turn: Turn, plan: Schedule, terms: str) -> Outgoing:
    """Store a schedule, and that the traveller agreed to these terms."""
    plan = plan.model_copy(update={"rhythm": plan.rhythm or Rhythm.WEEKLY})
    repository.save_schedule(turn.connection, turn.user_id, plan)
    consent(turn, RECOMMENDATIONS, terms, granted=True)
    turn.state = turn.state.planning(None)
    return turn.message(turn.say("plan.done", when=when(turn, plan)))


def decline(turn: Turn) -> list[Outgoing]:
    """Leave the schedule; one that was agreed on earlier stays as it is."""
    turn.state = turn.state.planning(None)
    turn.happened(Event.LEFT)
    return [turn.message(turn.say("plan.left"))]


def pause(turn: Turn) -> list[Outgoing]:
    """Send no suggestions for so many days, or ask for how many."""
    if _RESUMES.search(fold(turn.text)):
        return resume(turn)
    stored = repository.schedule(turn.connection, turn.user_id)
    if stored is None or not stored["active"]:
        choices = [turn.choice("schedule", "choice.schedule")]
        return [turn.message(turn.say("pause.nothing"), choices)]
    days = turn.understanding.pause_days
    if days is None:
        choices = [turn.choice(f"pause:{n}", f"choice.pause.{n}") for n in _PAUSES]
        return [turn.message(turn.say("pause.how_long"), choices)]
    return [_paused(turn, min(days, _LONGEST_PAUSE))]


def is_paused(turn: Turn) -> bool:
    """Tell whether the suggestions rest for a while, so that "resume" and "start" mean them."""
    stored = repository.schedule(turn.connection, turn.user_id)
    return stored is not None and stored["active"] and stored["paused_until"] is not None


def resume(turn: Turn) -> list[Outgoing]:
    """Go on with the suggestions after a pause."""
    if not repository.resume_schedule(turn.connection, turn.user_id):
        return schedule_anew(turn)
    return [turn.message(turn.say("pause.over", when=_stored_when(turn)))]


def schedule_anew(turn: Turn) -> list[Outgoing]:
    """Ask for a schedule from the first question on."""
    turn.state = turn.state.planning(Schedule())
    turn.happened(Event.PLANNING_BEGAN)
    return _go_on(turn)


def end(turn: Turn) -> list[Outgoing]:
    """Send no suggestions any more; the talk goes on."""
    if not repository.end_schedule(turn.connection, turn.user_id):
        return [turn.message(turn.say("pause.nothing"))]
    text = ended(turn.language)
    consent(turn, RECOMMENDATIONS, text, granted=False)
    return [turn.message(text)]


def when(turn: Turn, plan: Schedule) -> str:
    """Return how often, on which day and at what time: "every Friday at 10:00"."""
    return in_words(plan, turn.language)


def in_words(plan: Schedule, language: str) -> str:
    """Return the same for whoever is not in a talk."""
    say = functools.partial(_say, language)
    rhythm = plan.rhythm or Rhythm.WEEKLY
    dated = rhythm in _BY_DAY and plan.weekday is not None
    name = say(f"weekday.{plan.weekday}") if dated else ""
    said = say(f"rhythm.{rhythm}.day" if dated else f"rhythm.{rhythm}", day=name)
    return said if plan.hour is None else say("rhythm.at", when=said, hour=hour(plan.hour))


def terms(plan: Schedule, language: str) -> str:
    """Return the words to which a traveller agrees who wishes this schedule, on any door."""
    return _say(language, "plan.terms", business=business(), when=in_words(plan, language))


def ended(language: str) -> str:
    """Return the words with which suggestions are ended."""
    return _say(language, "plan.ended")


def _say(language: str, key: str, **values: object) -> str:
    return WORDING.say(key, language, **values)


def _paused(turn: Turn, days: int) -> Outgoing:
    until = repository.pause_schedule(turn.connection, turn.user_id, days)
    said = day(until.date(), turn.language) if until else ""
    choices = [turn.choice("resume", "choice.resume")]
    return turn.message(turn.say("pause.done", until=said), choices)


def _stored_when(turn: Turn) -> str:
    stored = repository.schedule(turn.connection, turn.user_id)
    return when(turn, Schedule.model_validate(stored)) if stored else ""


def _known(turn: Turn) -> Schedule:
    """Return what was said, on top of a schedule that runs already where it only changes that."""
    said = turn.understanding.schedule or Schedule()
    stored = repository.schedule(turn.connection, turn.user_id)
    runs = stored is not None and stored["active"]
    changes = said.rhythm is None and said != Schedule()
    return _both(Schedule.model_validate(stored), said) if runs and changes else said


def _both(before: Schedule | None, said: Schedule) -> Schedule:
    kept = before or Schedule()
    return kept.model_copy(update=said.model_dump(exclude_none=True))


def _go_on(turn: Turn) -> list[Outgoing]:
    """Move to the next question without an answer; an hour of the night is no answer."""
    said: list[Outgoing] = []
    plan = turn.state.plan or Schedule()
    if plan.hour is not None and not EARLIEST <= plan.hour <= LATEST:
        turn.state = turn.state.planning(plan.model_copy(update={"hour": None}))
        said.append(turn.message(turn.say("plan.night")))
    while turn.state.step in _TOLD and _TOLD[turn.state.step](turn.state.plan or Schedule()):
        turn.happened(Event.QUESTION_SETTLED)
    turn.moved = True
    return said


def _terms(turn: Turn) -> str:
    return terms(turn.state.plan or Schedule(), turn.language)


def _rhythms(turn: Turn) -> list[Choice]:
    return [
        *(turn.choice(f"set:rhythm:{each}", f"choice.rhythm.{each}") for each in Rhythm),
        turn.choice("decline", "choice.not_now"),
    ]


def _days(turn: Turn) -> list[Choice]:
    days = [turn.choice(f"set:weekday:{n}", f"weekday.{n}.short") for n in range(7)]
    return [*days, turn.choice("set:weekday:any", "choice.any_day")]


def _hours(turn: Turn) -> list[Choice]:
    hours = [Choice(id=f"set:hour:{n}", label=hour(n)) for n in _HOURS]
    return [*hours, turn.choice("set:hour:any", "choice.any_hour")]


def _consents(turn: Turn) -> list[Choice]:
    return [turn.choice("agree", "choice.agree"), turn.choice("decline", "choice.decline")]


_CHOICES: Mapping[Step, Callable[[Turn], list[Choice]]] = {
    Step.PLAN_RHYTHM: _rhythms,
    Step.PLAN_DAY: _days,
    Step.PLAN_HOUR: _hours,
    Step.PLAN_CONSENT: _consents,
}
_TOLD: Mapping[Step, Callable[[Schedule], bool]] = {
    Step.PLAN_RHYTHM: lambda plan: plan.rhythm is not None,
    Step.PLAN_DAY: lambda plan: plan.rhythm not in _BY_DAY or plan.weekday is not None,
    Step.PLAN_HOUR: lambda plan: plan.hour is not None,
}
