"""One-time codes: good once, for a while, however they are typed, and never kept."""

import datetime as dt
import re
import threading
from collections.abc import Callable

import psycopg
import pytest

from core.codes.service import Purpose, issue, peek, redeem
from core.database import Connection, unit_of_work

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def user(connection: Connection) -> int:
    row = connection.execute("insert into users default values returning id").fetchone()
    assert row
    return int(row["id"])


def _rows(connection: Connection) -> list[dict[str, object]]:
    return connection.execute("select * from one_time_codes").fetchall()


def test_a_code_works_once(connection: Connection, user: int) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=HOUR, detail={"language": "vi"})
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    found = redeem(connection, Purpose.JOIN, code)
    assert found
    assert (found.user_id, found.detail) == (user, {"language": "vi"})
    assert redeem(connection, Purpose.JOIN, code) is None


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: " ".join(code),
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("0", "o").replace("1", "I"),
    ],
)
def test_a_code_may_be_typed_in_many_ways(
    connection: Connection, user: int, typed: Callable[[str], str]
) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=HOUR)
    assert redeem(connection, Purpose.JOIN, typed(code))


def test_the_token_of_a_link_must_be_exact(connection: Connection, user: int) -> None:
    token = issue(connection, Purpose.SIGN_IN, user, valid_for=HOUR)
    assert len(token) >= 43
    assert redeem(connection, Purpose.SIGN_IN, token.swapcase()) is None
    assert redeem(connection, Purpose.SIGN_IN, token)


def test_a_code_is_good_for_its_purpose_only(connection: Connection, user: int) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=HOUR)
    token = issue(connection, Purpose.SIGN_IN, user, valid_for=HOUR)
    assert redeem(connection, Purpose.SIGN_IN, code) is None
    assert redeem(connection, Purpose.JOIN, token) is None


def test_an_old_code_is_refused(connection: Connection, user: int) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=dt.timedelta(seconds=-1))
    assert peek(connection, Purpose.JOIN, code) is None
    assert redeem(connection, Purpose.JOIN, code) is None


def test_a_new_code_to_join_ends_the_one_before(connection: Connection, user: int) -> None:
    first, second = (issue(connection, Purpose.JOIN, user, valid_for=HOUR) for _ in range(2))
    assert redeem(connection, Purpose.JOIN, first) is None
    assert redeem(connection, Purpose.JOIN, second)


def test_looking_does_not_use_a_code_up(connection: Connection, user: int) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=HOUR)
    assert peek(connection, Purpose.JOIN, code)
    assert redeem(connection, Purpose.JOIN, code)


def test_no_code_can_be_read_from_the_database(connection: Connection, user: int) -> None:
    code = issue(connection, Purpose.JOIN, user, valid_for=HOUR)
    [row] = _rows(connection)
    assert code not in str(row)
    assert code.replace("-", "") not in str(row)


@pytest.mark.parametrize("nonsense", ["", "-", "\x00", "é" * 1000, "0000-0000", "' or 1=1 --"])
def test_nonsense_is_no_code(connection: Connection, user: int, nonsense: str) -> None:
    issue(connection, Purpose.JOIN, user, valid_for=HOUR)
    assert redeem(connection, Purpose.JOIN, nonsense) is None


def test_of_many_at_once_one_gets_it(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as direct:
        row = direct.execute("insert into users default values returning id").fetchone()
    assert row
    with unit_of_work() as unit:
        code = issue(unit.connection, Purpose.JOIN, row[0], valid_for=HOUR)
    got: list[bool] = []

    def use() -> None:
        with unit_of_work() as unit:
            got.append(redeem(unit.connection, Purpose.JOIN, code) is not None)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]
