"""The account's pages: what they show, what they change, and that they are one's own only."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.account import endpoints as account
from api.account.agreements import endpoints as agreements
from api.account.export import endpoints as export
from api.account.history import PAGE
from api.account.schemas import FACTORS, Level
from api.account.security import endpoints as security
from api.account.staff import endpoints as staff
from api.pages.rendering import say_for
from api.sessions.schemas import Method, UserRole
from conversation import repository as talks
from core.audit.service import entries
from core.database import unit_of_work
from core.settings import ROOT
from recommender.feedback import learned, save_interests
from recommender.importance import importance_of, save_importance
from recommender.schemas import Criterion, Interests
from recommender.service import recommend_to, record_shown
from tests.api.people import (
    Person,
    add_facebook,
    add_number,
    fill,
    new_user,
    wish,
)

PAGES = (
    "/account", "/account/importance", "/account/history", "/account/schedule",
    "/account/consents", "/account/security", "/account/data", "/account/delete",
)  # fmt: skip


@pytest.fixture
def person(account_app: FastAPI) -> Person:
    return Person(account_app)


def actions(person: Person) -> list[str]:
    """Return what was done to a person's data, the newest first."""
    found = person.do(lambda connection, user_id: entries(connection, user_id=user_id))
    return [each.action for each in found]


# Who may see it -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_guest_is_not_let_in(account_app: FastAPI, path: str) -> None:
    guest = Person(account_app, Method.GUEST)
    assert guest.get(path).status_code in {303, 401}


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_for_who_has_everything_and_who_has_nothing(
    account_app: FastAPI, path: str, language: str
) -> None:
    for prepare in (None, fill):
        person = Person(account_app)
        person.client.cookies.set("language", language)
        if prepare is not None:
            person.do(prepare)
        answer = person.get(path)
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text
        assert answer.text.count("<h1>") == 1
        assert "<script>" not in answer.text
        assert "style=" not in answer.text


def posts(person: Person, victim: Person) -> Iterator[tuple[str, dict[str, str]]]:
    """Return every change that names something, naming what is another's."""
    with unit_of_work() as unit:
        row = unit.connection.execute(
            """
            select (select max(package_id) from saved_tours where user_id = %(user)s) as tour,
                   (select max(id) from recommendations where user_id = %(user)s) as shown,
                   (select max(id) from login_methods where user_id = %(user)s) as login,
                   (select max(id) from channel_identities where user_id = %(user)s) as number
            """,
            {"user": victim.user_id},
        ).fetchone()
    assert row is not None
    yield f"/account/saved/{row['tour']}/remove", {}
    yield f"/account/history/{row['shown']}/thumb", {"thumb": "up"}
    yield f"/account/security/ways/facebook/{row['login']}/remove", {}
    yield f"/account/security/ways/whatsapp/{row['number']}/remove", {}
    yield f"/account/security/sessions/{victim.visitor.session_id}/end", {}


def test_what_is_anothers_is_not_there(account_app: FastAPI, person: Person) -> None:
    victim = Person(account_app)
    victim.do(fill)
    before = victim.do(snapshot)
    person.do(lambda connection, user_id: add_number(connection, user_id))
    person.do(lambda connection, user_id: add_facebook(connection, user_id))
    for path, fields in posts(person, victim):
        answer = person.send(path, page="/account/data", **fields)
        assert answer.status_code == 404, path
    assert victim.do(snapshot) == before
    assert victim.get("/account").status_code == 200


def snapshot(connection: object, user_id: int) -> object:
    """Return what a forged request might have changed."""
    with unit_of_work() as unit:
        return unit.connection.execute(
            """
            select (select count(*) from saved_tours where user_id = %(user)s) as saved,
                   (select count(*) from feedback where user_id = %(user)s) as feedback,
                   (select count(*) from login_methods where user_id = %(user)s) as logins,
                   (select count(*) from channel_identities where user_id = %(user)s) as numbers,
                   (select count(*) from sessions
                     where user_id = %(user)s and ended_at is null) as sessions
            """,
            {"user": user_id},
        ).fetchone()


def test_every_change_needs_a_token_of_our_own_page(person: Person) -> None:
    person.do(fill)
    changes = dict(posts(person, person)) | CHANGES
    for path, fields in changes.items():
        answer = person.client.post(path, data={"csrf": "0" * 64, **fields})
        assert answer.status_code == 403, path
    assert "data.deleted" not in actions(person)
    patterns = {re.sub(r"/[0-9a-f-]{36}|/\d+", "/{}", path) for path in changes}
    patterns = {re.sub(r"/(facebook|whatsapp)/", "/{}/", path) for path in patterns}
    assert {re.sub(r"\{\w+\}", "{}", path) for path in our_changes()} == patterns


CHANGES: dict[str, dict[str, str]] = {
    "/account/importance": {key.value: "usual" for key in Criterion},
    "/account/importance/reset": {},
    "/account/schedule": {"rhythm": "weekly", "shown": "x"},
    "/account/schedule/pause": {"days": "7"},
    "/account/schedule/resume": {},
    "/account/schedule/stop": {},
    "/account/security/sessions/end-others": {},
    "/account/export": {"form": "json"},
    "/account/delete": {"word": "DELETE", "sure": "yes"},
}


def our_changes() -> set[str]:
    """Return the paths of every form of the account."""
    rooms = (account, agreements, security, export, staff)
    routes = [route for room in rooms for route in room.router.routes]
    return {
        each.path
        for each in routes
        if isinstance(each, APIRoute) and "POST" in (each.methods or ())
    }


# What was told --------------------------------------------------------------------------------


def test_the_overview_tells_the_wish_in_plain_words(person: Person) -> None:
    person.do(fill)
    page = person.get("/account").text
    assert "Hội An" in page
    assert "3 days" in page
    assert "up to $500" in page or "500" in page
    assert 'href="/onboarding/food?from=account"' in page
    assert "+84•" in page
    assert f"+8490{person.user_id:07}" not in page
    assert "every Friday at 09:00" in page
    assert "/r/" in page


def test_the_overview_speaks_vietnamese(person: Person) -> None:
    person.do(fill)
    person.client.cookies.set("language", "vi")
    page = person.get("/account").text
    assert "3 ngày" in page
    assert "hải sản" in page.casefold()
    assert "mỗi tuần vào thứ Sáu lúc 09:00" in page


def test_a_saved_tour_is_let_go_once(person: Person) -> None:
    person.do(fill)
    (key,) = person.do(talks.saved_tours)
    answer = person.send(f"/account/saved/{key}/remove", page="/account")
    assert person.notice_after(answer) == "The tour is no longer saved."
    assert person.do(talks.saved_tours) == []
    assert actions(person)[0] == "saved_tour.removed"
    assert person.send(f"/account/saved/{key}/remove", page="/account").status_code == 404


# What matters most ----------------------------------------------------------------------------


def test_what_matters_most_is_chosen_in_words_and_ranks(person: Person) -> None:
    person.do(wish)
    fields = {key.value: "usual" for key in Criterion} | {"budget": "most", "food": "hardly"}
    answer = person.send("/account/importance", page="/account/importance", **fields)
    assert person.notice_after(answer) == "Saved. The next tours go by it."
    stored = person.do(importance_of)
    assert (stored[Criterion.BUDGET], stored[Criterion.FOOD]) == (4.0, 0.25)
    page = person.get("/account/importance").text
    assert page.count("selected") == 7
    assert re.search(r'name="budget".*?value="most" selected', page, re.DOTALL)
    assert actions(person)[0] == "preferences.changed"


@pytest.mark.parametrize("bad", ["", "extreme", "4", "-1", "most;drop"])
def test_a_level_that_nobody_can_choose_is_refused(person: Person, bad: str) -> None:
    fields = {key.value: "usual" for key in Criterion} | {"budget": bad}
    answer = person.send("/account/importance", page="/account/importance", **fields)
    assert answer.status_code == 422
    assert person.do(importance_of)[Criterion.BUDGET] == 1.0


def test_everything_goes_back_to_as_usual_with_one_button(person: Person) -> None:
    person.do(lambda connection, user: save_importance(connection, user, {Criterion.FOOD: 4.0}))
    person.send("/account/importance/reset", page="/account/importance")
    assert set(person.do(importance_of).values()) == {1.0}


def test_a_factor_of_another_door_is_shown_by_the_nearest_word(person: Person) -> None:
    person.do(lambda connection, user: save_importance(connection, user, {Criterion.FOOD: 2.7}))
    page = person.get("/account/importance").text
    assert re.search(r'name="food".*?value="more" selected', page, re.DOTALL)


def test_the_steps_double_each_time() -> None:
    values = [FACTORS[level] for level in Level]
    assert values == [0.25, 0.5, 1.0, 2.0, 4.0]


# What was recommended -------------------------------------------------------------------------


def test_history_says_what_was_recommended_and_why(person: Person) -> None:
    person.do(wish)
    page = person.get("/account/history").text
    assert page.count("<article") == 3
    assert "number 1 of its list" in page
    assert "Places</strong>: fits well" in page
    assert "% of the decision" in page
    assert 'rel="noopener"' in page


def test_history_goes_on_by_pages_without_a_gap(person: Person) -> None:
    person.do(lambda connection, user: save_interests(connection, user, Interests(food="seafood")))

    def see(connection: object, user_id: int) -> None:
        with unit_of_work() as unit:
            found = recommend_to(unit.connection, user_id, limit=2 * PAGE + 3)
            record_shown(unit.connection, user_id, found)

    person.do(see)
    seen: list[str] = []
    path, pages = "/account/history", 0
    while path:
        text = person.get(path).text
        seen += re.findall(r'<li id="r(\d+)"', text)
        older = re.search(r'href="(/account/history\?before=\d+)"', text)
        path, pages = (older[1] if older else ""), pages + 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 2 * PAGE + 3
    assert [int(each) for each in seen] == sorted(int(each) for each in seen)  # one list, in order


def test_the_newest_list_comes_first_and_each_in_its_own_order(person: Person) -> None:
    person.do(wish)
    person.do(wish)
    page = person.get("/account/history").text
    seen = [int(each) for each in re.findall(r'<li id="r(\d+)"', page)]
    assert re.findall(r"number (\d) of its list", page) == ["1", "2", "3", "1", "2", "3"]
    assert min(seen[:3]) > max(seen[3:])


def test_a_cursor_of_somebody_else_leads_nowhere(account_app: FastAPI, person: Person) -> None:
    other = Person(account_app)
    other.do(wish)
    theirs = re.findall(r'<li id="r(\d+)"', other.get("/account/history").text)[0]
    person.do(wish)
    assert "<article" not in person.get(f"/account/history?before={theirs}").text


@pytest.mark.parametrize("cursor", ["0", "-1", "x", str(2**63)])
def test_a_cursor_that_we_did_not_give_is_refused(person: Person, cursor: str) -> None:
    assert person.get(f"/account/history?before={cursor}").status_code == 422


def test_a_thumb_is_given_shown_and_taken_back(person: Person) -> None:
    person.do(wish)
    shown = re.findall(r'<li id="r(\d+)"', person.get("/account/history").text)[0]
    path = f"/account/history/{shown}/thumb"
    answer = person.send(path, page="/account/history", thumb="up")
    assert person.notice_after(answer) == "Thank you, noted."
    assert "You liked this tour." in person.get("/account/history").text
    assert person.do(talks.reaction_count) == 1
    person.send(path, page="/account/history", thumb="down")
    assert "not for you" in person.get("/account/history").text
    person.send(path, page="/account/history", thumb="none")
    assert person.do(talks.reaction_count) == 0
    assert "You liked" not in person.get("/account/history").text
    assert person.do(lambda connection, user: learned(connection, user, "en")) == []
    assert actions(person)[:3] == ["feedback.changed"] * 3


def test_a_thumb_that_nobody_can_give_is_refused(person: Person) -> None:
    person.do(wish)
    shown = re.findall(r'<li id="r(\d+)"', person.get("/account/history").text)[0]
    path = f"/account/history/{shown}/thumb"
    assert person.send(path, page="/account/history", thumb="click").status_code == 422


# The wording ----------------------------------------------------------------------------------


def test_both_languages_say_everything() -> None:
    def keys(language: str) -> dict[str, set[str]]:
        path: Path = ROOT / "api" / "account" / "wording" / f"{language}.po"
        with path.open("rb") as file:
            messages = [each for each in read_po(file) if each.id]
        return {str(each.id): set(re.findall(r"\{(\w+)\}", str(each.string))) for each in messages}

    assert keys("en") == keys("vi")
    assert len(keys("en")) > 200


def test_everything_that_is_noted_has_words() -> None:
    noted: set[str] = set()
    for folder in ("api", "core", "conversation", "whatsapp"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "core.audit.service" in text:
                noted |= set(
                    re.findall(r'\brecord\(.{1,120}?"([a-z_]+\.[a-z_]+)"', text, re.DOTALL)
                )
    assert {"data.exported", "schedule.changed", "session.ended"} <= noted
    say = say_for("account", "vi")
    assert all(say(f"audit.{action}") for action in noted)


# Staff ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [UserRole.TRAVELLER, UserRole.OPERATOR])
def test_the_audit_trail_is_for_administrators(account_app: FastAPI, role: UserRole) -> None:
    assert Person(account_app, role=role).get("/admin/audit").status_code == 403


def test_an_administrator_reads_the_trail_by_traveller_and_by_action(account_app: FastAPI) -> None:
    person = Person(account_app)
    person.do(fill)
    admin = Person(account_app, role=UserRole.ADMIN)
    page = admin.get(f"/admin/audit?user={person.user_id}").text
    assert "thread.read" in page
    assert f"/admin/audit?user={admin.user_id}" not in page
    assert actions(person)[0] == "audit.read"
    page = admin.get("/admin/audit?action=thread.read").text
    assert "thread.read" in page
    assert "<td>signed_in</td>" not in page


@pytest.mark.parametrize("user", ["x", "-1", "0", "٣", str(2**63)])
def test_a_number_that_no_traveller_has_is_refused(account_app: FastAPI, user: str) -> None:
    admin = Person(account_app, role=UserRole.ADMIN)
    assert admin.get("/admin/audit", params={"user": user}).status_code == 422


def test_the_trail_goes_on_by_pages(account_app: FastAPI) -> None:
    admin = Person(account_app, role=UserRole.ADMIN)
    for _ in range(60):
        admin.do(lambda connection, user: save_importance(connection, user, {}))
    with unit_of_work() as unit:
        for _ in range(60):
            new_user(unit.connection)
            unit.connection.execute(
                "insert into audit_log (actor, action) values ('system', 'retention.ran')"
            )
    first = admin.get("/admin/audit?action=retention.ran").text
    older = re.search(r'href="(/admin/audit\?before=\d+&amp;action=retention.ran)"', first)
    assert older
    second = admin.get(older[1].replace("&amp;", "&")).text
    assert first.count("<td>retention.ran</td>") + second.count("<td>retention.ran</td>") == 60


def test_a_session_of_nobody_opens_nothing(person: Person) -> None:
    path = f"/account/security/sessions/{uuid.uuid4()}/end"
    assert person.send(path).status_code == 404
