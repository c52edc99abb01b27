"""A person: called when asked for, offered in trouble, and what follows when nobody answers."""

import re
from collections.abc import Mapping

from conversation import repository
from conversation.machine import Event
from conversation.replies import business
from conversation.schemas import Outgoing
from conversation.turn import Turn
from conversation.understanding import Intent, Understanding
from core.settings import settings
from core.text import fold

ASKED, QUESTION = "asked", "question"
SAFETY, PAYMENT, REFUND, COMPLAINT = "safety", "payment", "refund", "complaint"

_TROUBLE: Mapping[str, re.Pattern[str]] = {
    SAFETY: re.compile(
        r"\b(?:accident|injured|bleeding|ambulance|emergency|assault(?:ed)?|harass\w*|robbed|mugged"
        r"|(?:passport|wallet|phone|bag|money) (?:was |is |got |has been )?(?:stolen|lost)"
        r"|(?:lost|stole) my (?:passport|wallet|phone|bag|money)|(?:call|need) the police|unsafe"
        r"|in danger|tai nan|bi thuong|cap cuu|khan cap|bi cuop|bi moc tui|bi quay roi|bi lac duong"
        r"|(?:mat|bi mat) (?:ho chieu|vi|dien thoai|do|tien)|goi (?:cong an|canh sat))\b"
    ),
    PAYMENT: re.compile(
        r"\b(?:(?:charged|paid|billed) (?:me )?(?:twice|two times|double)|double charged"
        r"|overcharged"
        r"|payment (?:has )?(?:failed|declined|error|problem|issue)|wrong(?:ly)? charged?"
        r"|card (?:was |is |got )?(?:declined|charged)"
        r"|paid (?:but|and) (?:\w+ ){0,4}(?:no|not|never)"
        r"|(?:bi )?tru (?:tien )?(?:hai|2) lan|thanh toan (?:bi )?(?:loi|that bai|khong duoc)"
        r"|chuyen khoan (?:roi|xong) (?:ma|nhung)"
        r"|da (?:thanh toan|tra tien) (?:roi )?(?:ma|nhung))\b"
    ),
    REFUND: re.compile(
        r"\b(?:refund(?:s|ed)?|(?:my )?money back|hoan (?:lai )?tien|tra lai tien|doi lai tien)\b"
    ),
    COMPLAINT: re.compile(
        r"\b(?:complain(?:t|ts|ing)?|scam(?:med)?|fraud|cheated|ripped off|unacceptable"
        r"|(?:terrible|awful|horrible) (?:service|tour|guide|trip|experience)|khieu nai|to cao"
        r"|lua dao|bi lua|phuc vu (?:te|qua te)|dich vu (?:te|qua te)|qua that vong)\b"
    ),
}
_UNDISTURBED = frozenset(
    {Intent.STOP, Intent.START, Intent.DELETE_DATA, Intent.MY_DATA, Intent.LANGUAGE}
)
_CALLS = re.compile(
    r"\b(?:human|person|agents?|staff|manager|someone|somebody|anyone|operator|representative"
    r"|(?:talk|speak) (?:to|with)|call me|nhan vien|nguoi that|quan ly|tu van vien|tong dai"
    r"|noi chuyen voi|goi (?:cho|lai))\b"
)
"""What asks for a person in so many words."""


def trouble(text: str, said: Understanding) -> str | None:
    """Return which trouble a message tells of, for which a person is better than we are.

    Whoever only asks for the rules of a refund is in no trouble.
    """
    plain = fold(text)
    found = next((name for name, cue in _TROUBLE.items() if cue.search(plain)), None)
    return None if found == REFUND and said.intent is Intent.ASK else found


def interrupts(text: str, said: Understanding) -> bool:
    """Tell whether trouble comes before what a message seems to want.

    Words of trouble alone are no call for a person yet: one is offered, and silence falls only
    with the yes.
    """
    if said.intent is Intent.HUMAN:
        return _CALLS.search(fold(text)) is None
    return said.intent not in _UNDISTURBED


def offer(turn: Turn, reason: str) -> list[Outgoing]:
    """Offer a person at once and before anything else."""
    turn.state = turn.state.because(reason)
    turn.happened(Event.PERSON_OFFERED)
    words = turn.say("trouble", business=business()) + _contact(turn)
    if reason == SAFETY:
        words = f"{turn.say('trouble.emergency')}\n{words}"
    return [turn.message(words, [turn.choice("human", "choice.human_now")])]


def call(turn: Turn) -> list[Outgoing]:
    """Hand the talk over to a person, with the reason, and fall silent."""
    reason = trouble(turn.text, turn.understanding) or turn.argument or turn.state.reason or ASKED
    repository.open_handover(turn.connection, turn.user_id, reason)
    turn.happened(Event.PERSON_CALLED)
    words = turn.say("human", business=business()) + _contact(turn)
    if reason == SAFETY:
        words = f"{turn.say('trouble.emergency')}\n{words}"
    return [turn.message(words)]


def ask_whether(turn: Turn) -> list[Outgoing]:
    """Ask whether a person is wanted, where a message only may have meant that."""
    turn.state = turn.state.because(ASKED)
    turn.happened(Event.PERSON_OFFERED)
    words = turn.say("person.whether", business=business())
    return [turn.message(words, [turn.choice("human", "choice.human")])]


def ask_operator(turn: Turn) -> list[Outgoing]:
    """Pass a question on that the catalogue does not answer."""
    turn.argument = QUESTION
    return call(turn)


def back(turn: Turn) -> Outgoing:
    """Say that the automatic answers go on, after a person has finished."""
    repository.close_handover(turn.connection, turn.user_id)
    turn.happened(Event.HANDED_BACK)
    return turn.message(turn.say("person.back", business=business()))


def nobody_came(turn: Turn) -> Outgoing | None:
    """Say that we help again where staff have kept a traveller waiting; None where they have not.

    Whoever called them can do so once more.
    """
    hours = settings().handover_hours
    if not repository.is_left_waiting(turn.connection, turn.user_id, hours):
        return None
    repository.close_handover(turn.connection, turn.user_id)
    turn.happened(Event.HANDED_BACK)
    return turn.message(turn.say("person.nobody", business=business()) + _contact(turn))


def _contact(turn: Turn) -> str:
    contact = settings().support_contact
    return "\n" + turn.say("human.contact", contact=contact) if contact else ""
