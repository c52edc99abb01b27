"""Messages that were given up, in either direction: seen, tried again once, or dropped."""

import json

import pytest

from core.database import Connection, unit_of_work
from core.errors import InvalidInputError, NotFoundError
from tests.whatsapp.conftest import message, receive
from tests.whatsapp.house import Phone, Simulator
from tests.whatsapp.sending import bodies, outbox, queue, report
from whatsapp import repository, service
from whatsapp.letters import service as letters
from whatsapp.letters.schemas import Direction, Letter, LetterId
from whatsapp.outbox import delivery
from whatsapp.outbox import repository as outbox_repository
from whatsapp.twilio.channel import TwilioChannel


def found(*, show_text: bool = False) -> list[Letter]:
    with unit_of_work() as unit:
        return letters.letters(unit.connection, show_text=show_text)


def names() -> list[str]:
    return [str(letter.id) for letter in found()]


def replay(*ids: str) -> tuple[list[str], list[tuple[str, int]]]:
    """Replay letters; return for which that was done, and what was handed over."""
    handed: list[tuple[str, int]] = []
    with unit_of_work() as unit:
        done = letters.replay(
            unit,
            [LetterId.parse(each) for each in ids],
            lambda who: handed.append(("answer", who)),
            lambda who: handed.append(("deliver", who)),
        )
        assert handed == []  # not before the commit
    return [str(each) for each in done], handed


def drop(*ids: str) -> list[str]:
    with unit_of_work() as unit:
        done = letters.drop(unit.connection, [LetterId.parse(each) for each in ids])
    return [str(each) for each in done]


def give_up(number: int, address: str, text: str) -> int:
    """Let a message come in that nobody manages to answer, and apologise."""
    identity = receive(message(number, address, text))
    assert identity is not None
    with unit_of_work() as unit:
        row = unit.connection.execute("select max(id) as id from inbound_messages").fetchone()
        assert row is not None
        apology = [{"body": "Sorry, something went wrong."}]
        outbox_repository.add_outbound(unit.connection, identity, row["id"], apology)
        repository.mark_processed(unit.connection, row["id"], "ValueError at talk.py:1")
    return int(row["id"])


def test_a_message_that_failed_for_good_is_a_letter_until_it_is_replayed(
    identity: int, phone: Phone, channel: TwilioChannel, simulator: Simulator, db: Connection
) -> None:
    (first,) = queue(identity, "one")
    simulator.fail_next(count=1, http_status=400, code=21619)
    delivery.deliver(identity, channel)
    (letter,) = found()
    assert (str(letter.id), letter.reason, letter.attempts) == (f"out-{first}", "21619", 1)
    assert replay(f"out-{first}") == ([f"out-{first}"], [("deliver", identity)])
    assert replay(f"out-{first}") == ([], [])
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one"]
    assert names() == []
    assert outbox(db)[0][0] == "failed"  # it stays in the history


def test_a_copy_that_fails_again_is_a_letter_of_its_own(
    identity: int, channel: TwilioChannel, db: Connection
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    report(first, "undelivered", "30008")
    replay(f"out-{first}")
    delivery.deliver(identity, channel)
    report(first + 1, "undelivered", "30008")
    assert names() == [f"out-{first + 1}"]
    rows = db.execute("select copy_of from outbound_messages order by id").fetchall()
    assert [row["copy_of"] for row in rows] == [None, first]


@pytest.mark.parametrize("code", ["21610", "63049", "63032", "63033", "63024"])
def test_a_failure_in_the_normal_course_is_nobodys_to_mend(
    identity: int, channel: TwilioChannel, code: str
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    report(first, "failed", code)
    assert found() == []


def test_a_dropped_letter_is_gone_from_the_list_and_cannot_be_replayed(
    identity: int, phone: Phone, channel: TwilioChannel
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    report(first, "failed", "30008")
    assert drop(f"out-{first}") == [f"out-{first}"]
    assert drop(f"out-{first}") == []
    assert replay(f"out-{first}") == ([], [])
    assert names() == []


def test_a_message_nobody_managed_to_answer_is_answered_in_full_when_replayed(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    number = give_up(2, phone.number, "help")
    assert names() == [f"in-{number}"]
    assert replay(f"in-{number}") == ([f"in-{number}"], [("answer", identity)])
    assert replay(f"in-{number}") == ([], [])
    with unit_of_work() as unit:
        assert service.answer_next(unit.connection, identity, channel) == identity
    rows = db.execute(
        "select position from outbound_messages where inbound_id = %s order by position", [number]
    ).fetchall()
    assert [row["position"] for row in rows] == list(range(len(rows)))
    assert rows
    delivery.deliver(identity, channel)
    assert bodies(phone)[0] == "Sorry, something went wrong."
    assert len(bodies(phone)) == 1 + len(rows)
    assert names() == []


def test_both_directions_are_one_list_the_newest_first(
    identity: int, phone: Phone, channel: TwilioChannel
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    report(first, "failed", "30008")
    number = give_up(2, phone.number, "help")
    assert names() == [f"in-{number}", f"out-{first}"]
    assert drop(f"in-{number}") == [f"in-{number}"]
    assert names() == [f"out-{first}"]


def test_what_a_letter_says_is_shown_only_when_asked_for(
    identity: int, phone: Phone, channel: TwilioChannel
) -> None:
    (first,) = queue(identity, "a confidential answer")
    delivery.deliver(identity, channel)
    report(first, "failed", "30008")
    give_up(2, phone.number, "a confidential wish")
    told = json.dumps([letter.for_json() for letter in found()])
    assert "confidential" not in told
    texts = [letter.text for letter in found(show_text=True)]
    assert texts == ["a confidential wish", "a confidential answer"]


def test_a_name_that_is_no_letters_is_refused_with_one_clear_line(database_url: str) -> None:
    with pytest.raises(InvalidInputError, match="out-17"):
        LetterId.parse("seventeen")
    with unit_of_work() as unit, pytest.raises(NotFoundError, match="out-99"):
        letters.letter(unit.connection, LetterId(Direction.OUT, 99))


def test_a_letter_whose_moment_has_passed_goes_out_all_the_same_when_a_person_says_so(
    identity: int, phone: Phone, channel: TwilioChannel, db: Connection
) -> None:
    (first,) = queue(identity, "one")
    delivery.deliver(identity, channel)
    report(first, "failed", "30008")
    db.execute("update outbound_messages set not_after = now() - interval '1 h'")
    replay(f"out-{first}")
    delivery.deliver(identity, channel)
    assert bodies(phone) == ["one", "one"]
