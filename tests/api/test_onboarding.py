"""The wizard: every step is kept as it was typed, and the tours beside it are those that fit."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.onboarding.schemas import Step
from api.onboarding.service import wish_of
from api.sessions.tokens import read as read_token
from core.audit.service import entries
from core.database import unit_of_work
from recommender.feedback import save_interests
from recommender.schemas import Budget, Duration, Interests
from tests.api.support import TOKEN, Browser, fresh_keys

HTML = {"Accept": "text/html"}
CHECKED = re.compile(r'<input type="checkbox" name="(\w+)" value="([^"]+)" checked>')
COUNT = re.compile(r'class="count"[^>]*>([^<]*)<')
IN_A_YEAR = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)


class Traveller(Browser):
    """Somebody at the wizard."""

    def begin(self) -> "Traveller":
        assert self.post("/begin", page="/").status_code == 303
        return self

    @property
    def user_id(self) -> int:
        with unit_of_work() as unit:
            row = unit.connection.execute(
                "select user_id from sessions where id = %s",
                [read_token(self.client.cookies["session"]).session_id],  # type: ignore[union-attr]
            ).fetchone()
        assert row is not None
        return int(row["user_id"])

    def see(self, step: str) -> str:
        answer = self.get(f"/onboarding/{step}")
        assert answer.status_code == 200
        return unescape(answer.text)

    def send(self, step: str, action: str = "next", **fields: Any) -> Any:
        found = TOKEN.search(self.get(f"/onboarding/{step}").text)
        assert found
        data = {"csrf": found[1], "action": action, **fields}
        return self.client.post(f"/onboarding/{step}", data=data)

    def told(self) -> Interests:
        with unit_of_work() as unit:
            return wish_of(unit.connection, self.user_id).interests

    def preview(self, step: str, **fields: Any) -> str:
        found = TOKEN.search(self.get(f"/onboarding/{step}").text)
        assert found
        data = {"csrf": found[1], "step": step, **fields}
        answer = self.client.post("/onboarding/preview", data=data)
        assert answer.status_code == 200
        return unescape(answer.text)


@pytest.fixture
def app(catalogue_url: str) -> Iterator[FastAPI]:
    with fresh_keys():
        yield create_app()


@pytest.fixture
def traveller(app: FastAPI) -> Traveller:
    return Traveller(app).begin()


def count(page: str) -> int:
    found = COUNT.search(page)
    assert found
    number = re.search(r"\d+", found[1])
    return int(number[0]) if number else 0


def test_without_a_session_nothing_is_shown_or_stored(app: FastAPI) -> None:
    browser = Browser(app)
    for path in ("/onboarding/places", "/onboarding/lodging"):
        assert browser.client.get(path, headers=HTML).status_code == 303
        assert browser.client.get(path, headers={"Accept": "*/*"}).status_code == 401
    answer = browser.client.post("/onboarding/places", data={"place": "Hue"})
    assert answer.status_code in {303, 403}


def test_a_step_without_its_token_is_refused(traveller: Traveller) -> None:
    answer = traveller.client.post("/onboarding/places", data={"place": "Hue"})
    assert answer.status_code == 403
    assert traveller.client.post("/onboarding/preview", data={"step": "time"}).status_code == 403
    assert traveller.told().is_empty()


def test_all_steps_lead_to_one_another_and_then_to_whatsapp(traveller: Traveller) -> None:
    path = "/onboarding/places"
    for step in Step:
        assert path == f"/onboarding/{step}"
        shown = traveller.see(step)
        assert f"Step {step.number} of 7" in shown
        path = traveller.send(step).headers["location"]
    assert path == "/join"
    assert traveller.told().is_empty()
    assert traveller.send("time", "back").headers["location"] == "/onboarding/places"
    assert traveller.client.get("/onboarding/nothing", headers=HTML).status_code == 404


def test_every_step_is_stored_and_shown_again(traveller: Traveller) -> None:
    traveller.send("places", place=["Hội An"], more="ha noi, Quvexo")
    traveller.send("time", days_from="3", days_to="5", earliest=str(IN_A_YEAR))
    traveller.send("budget", amount="9 triệu", currency="VND", per="group", people="2")
    traveller.send("transport", transportation_pick=["transportation.train"])
    traveller.send("food", food_pick=["food.vegetarian", "food.seafood"], food="zzz spice")
    traveller.send("activities", activities_pick=["activities.kayaking"])
    traveller.send(
        "lodging", accommodation_pick=["stay.homestay"], notes_pick=["notes.family"], notes="zzz"
    )
    told = traveller.told()
    assert told.locations == ["Hội An", "Hà Nội", "Quvexo"]
    assert told.duration == Duration(days=3, max_days=5)
    assert told.budget == Budget(max=9_000_000, currency="VND", per="group", people=2)
    assert told.transportation == "train"
    assert told.food == "vegetarian food, seafood, zzz spice"
    assert told.accommodation == "homestay"
    assert told.notes == "family trip, zzz"
    places = traveller.see("places")
    assert {("place", "Hội An"), ("place", "Hà Nội"), ("place", "Quvexo")} <= set(
        CHECKED.findall(places)
    )
    assert "Quvexo. Tours that mention it" in places
    assert 'value="3"' in traveller.see("time")
    assert str(IN_A_YEAR) in traveller.see("time")
    budget = traveller.see("budget")
    assert 'value="9,000,000"' in budget
    assert '<option value="VND" selected>' in budget
    food = traveller.see("food")
    assert set(CHECKED.findall(food)) == {
        ("food_pick", "food.vegetarian"), ("food_pick", "food.seafood"),
    }  # fmt: skip
    assert ">zzz spice</textarea>" in food


def test_sending_a_step_unchanged_changes_nothing(traveller: Traveller) -> None:
    wish = Interests(
        locations=["Ha Long Bay", "sapa"],
        duration=Duration(hours=8),
        budget=Budget(min=100, max=400, currency="USD"),
        transportation="tàu hoả, no night buses",
        food="ăn chay",
        notes="my mother is 70, wheelchair",
    )
    with unit_of_work() as unit:
        save_interests(unit.connection, traveller.user_id, wish)
    for step in Step:
        page = traveller.see(step)
        fields: dict[str, Any] = {}
        for name, value in CHECKED.findall(page):
            fields.setdefault(name, []).append(value)
        pattern = r'<input id="(\w+)" name="\w+" type="\w+"[^>]*? value="([^"]*)"'
        fields |= dict(re.findall(pattern, page))
        fields |= dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)</textarea>', page))
        chosen = re.search(r'<option value="(\w+)" selected>', page)
        if chosen:
            fields |= {"currency": chosen[1], "per": "person"}
        assert traveller.send(step, **fields).status_code == 303
    assert traveller.told() == wish


def test_what_is_ticked_in_one_language_is_ticked_in_the_other(traveller: Traveller) -> None:
    traveller.send("food", food_pick=["food.vegetarian"])
    traveller.client.get("/language/vi")
    page = traveller.see("food")
    assert ("food_pick", "food.vegetarian") in CHECKED.findall(page)
    assert "Món chay" in page


def test_what_was_wished_in_the_chat_is_ticked_too(traveller: Traveller) -> None:
    with unit_of_work() as unit:
        save_interests(unit.connection, traveller.user_id, Interests(food="hai san, an chay"))
    ticked = {value for _, value in CHECKED.findall(traveller.see("food"))}
    assert {"food.seafood", "food.vegetarian"} <= ticked


_FAULTY: list[tuple[str, dict[str, str], str, str]] = [
    ("time", {"days_from": "abc"}, "days_from", 'value="abc"'),
    ("time", {"days_from": "9", "days_to": "3"}, "days_to", 'value="9"'),
    ("time", {"days_to": "0"}, "days_to", 'value="0"'),
    ("time", {"days_to": "1e9"}, "days_to", 'value="1e9"'),
    ("time", {"latest": "2001-01-01"}, "latest", 'value="2001-01-01"'),
    ("time", {"earliest": "tomorrow"}, "earliest", 'value="tomorrow"'),
    ("time", {"earliest": "9999-12-31"}, "earliest", 'value="9999-12-31"'),
    ("budget", {"amount": "much", "currency": "USD"}, "amount", 'value="much"'),
    ("budget", {"amount": "-5", "currency": "USD"}, "amount", 'value="-5"'),
    ("budget", {"amount": "0", "currency": "USD"}, "amount", 'value="0"'),
    ("budget", {"amount": "9" * 14, "currency": "USD"}, "amount", 'value="9999'),
    ("budget", {"amount": "5", "currency": "XXQ"}, "currency", 'value="5"'),
    (
        "budget", {"amount": "5", "currency": "USD", "per": "group", "people": "0"},
        "people", 'value="0"',
    ),
    (
        "budget", {"amount": "5", "currency": "USD", "per": "group", "people": "²"},
        "people", 'value="²"',
    ),
    ("places", {"more": "x" * 99}, "more", "x" * 99),
    ("places", {"more": ",".join(f"Quvexo{i}" for i in range(25))}, "more", "Quvexo24"),
    ("food", {"food": "y" * 600}, "food", "y" * 600),
]  # fmt: skip


def test_what_cannot_be_is_shown_again_beside_its_field(traveller: Traveller) -> None:
    for step, fields, field, typed in _FAULTY:
        answer = traveller.send(step, **fields)
        assert answer.status_code == 422, fields
        page = unescape(answer.text)
        assert 'role="alert"' in page
        assert f'id="{field}-error"' in page, fields
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page), fields
        assert typed in page, fields
    assert traveller.told().is_empty()


_WRITTEN = (
    ("400", "USD", Budget(max=400, currency="USD")),
    ("1.500.000", "VND", Budget(max=1_500_000, currency="VND")),
    ("1,500", "USD", Budget(max=1_500, currency="USD")),
    ("3tr", "VND", Budget(max=3_000_000, currency="VND")),
    ("350 EUR", "USD", Budget(max=350, currency="EUR")),
)


def test_amounts_are_read_as_people_write_them(traveller: Traveller) -> None:
    for written, currency, budget in _WRITTEN:
        assert traveller.send("budget", amount=written, currency=currency).status_code == 303
        assert traveller.told().budget == budget


def test_not_minding_takes_back_what_was_said(traveller: Traveller) -> None:
    traveller.send("time", days_from="3", latest=str(IN_A_YEAR))
    traveller.send("budget", amount="100", currency="USD")
    assert traveller.told().duration == Duration(days=3, max_days=366)
    traveller.send("time", days_from="3", any_length="yes", any_dates="yes")
    traveller.send("budget", amount="100", currency="USD", no_limit="yes")
    assert traveller.told().is_empty()
    with unit_of_work() as unit:
        assert wish_of(unit.connection, traveller.user_id).dates is None


def test_back_keeps_what_was_typed(traveller: Traveller) -> None:
    answer = traveller.send("food", "back", food="pho")
    assert answer.headers["location"] == "/onboarding/transport"
    assert traveller.told().food == "pho"


def test_adding_a_place_without_scripts_stays_on_the_step(traveller: Traveller) -> None:
    answer = traveller.send("places", "stay", more="Sapa")
    assert answer.headers["location"] == "/onboarding/places"
    assert ("place", "Sa Pa") in CHECKED.findall(traveller.see("places"))


def test_one_place_by_two_names_is_one(traveller: Traveller) -> None:
    traveller.send("places", place=["Hà Nội"], more="Hanoi; ha noi\nHÀ NỘI")
    assert traveller.told().locations == ["Hà Nội"]


def test_whoever_edits_from_the_account_goes_back_there(traveller: Traveller) -> None:
    page = unescape(traveller.get("/onboarding/food?from=account").text)
    assert ">Save</button>" in page
    answer = traveller.send("food", food="pho", **{"from": "account"})
    assert answer.headers["location"] == "/account?notice=saved"


def test_a_change_is_noted_and_repeating_it_is_none(traveller: Traveller) -> None:
    traveller.send("food", food="pho")
    traveller.send("food", food="pho")
    with unit_of_work() as unit:
        noted = entries(unit.connection, user_id=traveller.user_id)
    assert [each.action for each in noted].count("preferences.changed") == 1


def test_the_tours_beside_follow_what_is_typed_and_nothing_is_stored(traveller: Traveller) -> None:
    everything = traveller.preview("places")
    assert "tours to choose from" in everything
    some = traveller.preview("places", place=["Sa Pa"])
    assert 0 < count(some) < count(everything)
    assert "Fits: Sa Pa" in some
    assert count(traveller.preview("places", place=["Reykjavik"])) == 0
    assert "come nearest" in traveller.preview("places", place=["Reykjavik"])
    assert traveller.told().is_empty()


def test_half_a_number_leaves_the_tours_as_they_were(traveller: Traveller) -> None:
    traveller.send("places", place=["Sa Pa"])
    before = count(traveller.see("time"))
    assert count(traveller.preview("time", days_from="x")) == before
    fewer = traveller.preview("time", days_from="2", days_to="2")
    assert count(fewer) < before


def test_the_preview_of_a_page_is_that_of_its_fragment(traveller: Traveller) -> None:
    traveller.send("places", place=["Hội An"])
    shown, asked = traveller.see("food"), traveller.preview("food")
    assert COUNT.findall(shown) == COUNT.findall(asked)
    titles = re.compile(r"<h2>([^<]+)</h2>")
    assert titles.findall(shown) == titles.findall(asked)
    assert len(titles.findall(shown)) == 3


def test_places_are_suggested_as_they_are_typed(traveller: Traveller) -> None:
    def names(typed: str) -> list[str]:
        answer = traveller.client.get("/onboarding/places/suggest", params={"q": typed})
        return [each["name"] for each in answer.json()]

    assert names("hoi a")[0] == "Hội An"
    assert names("Đà N")[0] == "Đà Nẵng"
    assert "Hà Nội" in names("ha no")
    assert "Angkor" in names("angko")
    assert "Sa Pa" in names("sapaa")
    assert names("x") == []
    assert names("") == []
    traveller.client.get("/language/vi")
    assert "Campuchia" in names("campu")


def test_a_tampered_tick_is_left_out(traveller: Traveller) -> None:
    ticks = ["food.nothing", "stay.hotel", "../x", "food.vegetarian"]
    assert traveller.send("food", food_pick=ticks).status_code == 303
    assert traveller.told().food == "vegetarian food"


def test_what_is_typed_is_never_markup(traveller: Traveller) -> None:
    evil = '"><script>alert(1)</script>'
    traveller.send("places", more=evil)
    traveller.send("food", food=evil)
    for step in ("places", "food"):
        assert "<script>alert" not in traveller.get(f"/onboarding/{step}").text


def test_two_travellers_do_not_see_each_others_wishes(app: FastAPI, traveller: Traveller) -> None:
    traveller.send("food", food="a secret pho")
    other = Traveller(app).begin()
    assert "a secret pho" not in other.see("food")
    assert other.user_id != traveller.user_id


def test_the_map_shows_what_is_chosen(traveller: Traveller) -> None:
    traveller.send("places", place=["Phú Quốc"])
    page = traveller.see("places")
    assert 'class="pin chosen" data-place="Phú Quốc"' in page
    assert page.count('class="pin') > 5


def test_a_page_is_light(traveller: Traveller) -> None:
    page = traveller.get("/onboarding/activities")
    linked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
    sizes = [len(traveller.client.get(address).content) for address in linked]
    assert len(page.content) + sum(sizes) < 150_000
