"""What became of every message, found out from three sides: inbox, outbox, and the phones."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.installation import Installation
from tests.chaos.plans import TEXTS
from tests.whatsapp import house
from whatsapp.schemas import FAILED

Answers = Mapping[tuple[str, bool], Sequence[str]]
"""The bodies that answer some words, and whether they were a traveller's first."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the outbox."""

    id: int
    asked: str
    position: int
    sid: str | None
    status: str
    error_code: str | None
    copy_of: int | None


@dataclass
class Judgement:
    """What was counted, and everything that is wrong."""

    counts: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def demand(self, right: bool, what: str) -> None:
        if not right:
            self.wrong.append(what)

    def told(self) -> str:
        lines = [f"  {name:<42}{value}" for name, value in self.counts.items()]
        return "\n".join([*lines, *(f"  WRONG: {each}" for each in self.wrong[:40])])


def learn(house_: Installation) -> Answers:
    """Have all that is going to be said answered once, before anything breaks."""
    phones = {
        text: house.Phone(house_.simulator, f"+8491{number:07d}")
        for number, text in enumerate(TEXTS)
    }
    answers: dict[tuple[str, bool], list[str]] = {}
    for is_first in (True, False):
        for text, phone in phones.items():
            house_.say(phone.number, text)
        house.wait_until(lambda: not house_.unfinished(), "the answers in peace", 60)
        for text, phone in phones.items():
            bodies = [_kind(each["body"]) for each in phone.received()]
            answers[text, is_first] = bodies[len(answers.get((text, True), [])) :]
    later = {tuple(answers[text, False]) for text in TEXTS}
    assert len(later) == len(TEXTS), "answers cannot be told apart"
    return answers


def judge(house_: Installation, answers: Answers) -> Judgement:
    """Compare what the phones show with inbox and outbox."""
    judgement = Judgement()
    inbox = _inbox(house_, judgement)
    outbox = _outbox(house_)
    threads = house_.received()
    _judge_sids(judgement, outbox, threads)
    lost = _judge_chains(judgement, outbox, inbox)
    for number in threads:
        _judge_phone(judgement, house_, answers, number, inbox, outbox, threads[number], lost)
    _count_what_happened(judgement, house_, outbox, threads)
    return judgement


def _inbox(house_: Installation, judgement: Judgement) -> list[str]:
    """Return the sids of the inbox, in its order."""
    rows = house_.database.rows(
        "select provider_sid, processed_at, last_error from inbound_messages order by id"
    )
    sids = [str(sid) for sid, _, _ in rows]
    judgement.counts["messages that travellers sent"] = len(house_.asked)
    judgement.counts["messages in the inbox"] = len(sids)
    judgement.demand(len(sids) == len(set(sids)), "a message is in the inbox twice")
    for missing in house_.asked.keys() - set(sids):
        judgement.wrong.append(f"{missing} is not in the inbox")
    for sid, processed_at, error in rows:
        judgement.demand(processed_at is not None, f"{sid} was not answered")
        judgement.demand(error is None, f"{sid} was given up: {error}")
    return sids


def _outbox(house_: Installation) -> list[Sent]:
    rows = house_.database.rows(
        """select o.id, m.provider_sid, o.position, o.provider_sid, o.status, o.error_code,
                  o.copy_of
             from outbound_messages o join inbound_messages m on m.id = o.inbound_id
            order by m.id, o.position, o.id"""
    )
    return [Sent(*row) for row in rows]  # type: ignore[arg-type]


def _judge_sids(
    judgement: Judgement,
    outbox: Sequence[Sent],
    threads: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Each accepted message is one row's, and each row has one accepted message at most."""
    accepted = [str(shown["sid"]) for thread in threads.values() for shown in thread]
    ours = Counter(row.sid for row in outbox if row.sid is not None)
    judgement.counts["messages that the provider accepted"] = len(accepted)
    judgement.counts["rows of the outbox"] = len(outbox)
    for sid in set(accepted) - set(ours):
        judgement.wrong.append(f"{sid} was sent, and no row knows of it: a double")
    for sid in set(ours) - set(accepted):
        judgement.wrong.append(f"{sid} is in the outbox, and was never accepted")
    for sid, times in ours.items():
        judgement.demand(times == 1, f"{sid} belongs to {times} rows")


def _judge_chains(
    judgement: Judgement, outbox: Sequence[Sent], inbox: Sequence[str]
) -> set[tuple[str, int]]:
    """Every answer, or the copy that stands for it, went out; return those that are letters."""
    copied = {row.copy_of for row in outbox if row.copy_of is not None}
    last = [row for row in outbox if row.id not in copied]
    judgement.counts["of these copies of what had failed"] = len(copied)
    silent = set(inbox) - {row.asked for row in outbox}
    judgement.demand(not silent, f"without any answer: {sorted(silent)[:5]}")
    letters = {(row.asked, row.position) for row in last if row.status in FAILED}
    reasons = Counter(str(row.error_code) for row in last if row.status in FAILED)
    judgement.counts["dead letters by reason"] = dict(reasons)
    unexplained = reasons.keys() - _EXPLAINED
    judgement.demand(not unexplained, f"dead letters for no reason of ours: {unexplained}")
    for row in last:
        judgement.demand(
            row.sid is not None or row.status in FAILED, f"row {row.id} is {row.status}"
        )
    return letters


_EXPLAINED = frozenset({"20500", "20503", "63009", "63010", "63012"})
"""What the provider was told to say, and may have said four times of one message."""


def _judge_phone(
    judgement: Judgement,
    house_: Installation,
    answers: Answers,
    number: str,
    inbox: Sequence[str],
    outbox: Sequence[Sent],
    thread: Sequence[Mapping[str, Any]],
    letters: set[tuple[str, int]],
) -> None:
    """What the phone shows is one answer to each message, in the inbox's order."""
    mine = [sid for sid in inbox if sid in house_.asked and house_.asked[sid][0] == number]
    expected = _expected(answers, [(sid, house_.asked[sid][1]) for sid in mine])
    shown = {
        str(each["sid"]): _kind(str(each["body"]))
        for each in thread
        if each["status"] not in FAILED
    }
    due = Counter(
        kind for (sid, position), kind in expected.items() if (sid, position) not in letters
    )
    seen = Counter(shown.values())
    judgement.counts["answers due on the phones"] = judgement.counts.get(
        "answers due on the phones", 0
    ) + sum(due.values())
    judgement.counts["answers seen on the phones"] = judgement.counts.get(
        "answers seen on the phones", 0
    ) + sum(seen.values())
    judgement.demand(due == seen, f"{number} should see {due} and sees {seen}")
    places = {row.sid: (row.asked, row.position) for row in outbox if row.asked in set(mine)}
    again = {(row.asked, row.position) for row in outbox if row.copy_of is not None}
    order = [places.get(sid, ("", 0)) for sid in shown]
    first_time = [place for place in order if place not in again]
    wanted = [place for place in expected if place not in again | letters]
    judgement.demand(first_time == wanted, f"{number} was answered out of order")
    for sid, kind in shown.items():
        place = places.get(sid)
        judgement.demand(
            place is None or expected.get(place) == kind, f"{number} asked {place}, got {kind}"
        )


def _expected(answers: Answers, mine: Sequence[tuple[str, str]]) -> dict[tuple[str, int], str]:
    """Return each answer's words by the message that it is to, and its position in it."""
    return {
        (sid, position): body
        for number, (sid, text) in enumerate(mine)
        for position, body in enumerate(answers[text, number == 0])
    }


def _kind(body: str) -> str:
    """Return the words without their numbers, which count messages."""
    return re.sub(r"[0-9]+", "#", body)[:200]


def _count_what_happened(
    judgement: Judgement,
    house_: Installation,
    outbox: Sequence[Sent],
    threads: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    judgement.counts["accepted, then failed by callback"] = sum(
        shown["status"] in FAILED for thread in threads.values() for shown in thread
    )
    judgement.counts["kills"] = {
        **{name: program.kills for name, program in house_.programs.items()},
        "redis": house_.redis.kills,
        "postgres": house_.database.stops,
    }
    judgement.counts["faults of the provider"] = house_.faults
    for name, program in house_.programs.items():
        judgement.demand(not program.ended_alone, f"{name} ended {program.ended_alone} times alone")
        judgement.demand(program.is_alive(), f"{name} is not there any more")
