"""Tours and lodging over REST, and who may ask for them."""

from core.access.schemas import Role
from core.access.service import revoke_token
from core.database import unit_of_work
from recommender.repository import load_all_packages
from tests.api.rest.browsers import API, Browser, with_token

PRIVATE = {"fields", "original", "remarks", "content_hash", "source_hash", "encoder"}


def test_all_tours_come_once_part_by_part(traveller: Browser) -> None:
    with unit_of_work() as unit:
        offered = list(load_all_packages(unit.connection))
    seen: list[int] = []
    path = "/tours?limit=100"
    while path:
        answer = traveller.get(path)
        seen += [each["id"] for each in answer.json()["items"]]
        path = answer.links["next"]["url"].removeprefix(API) if "link" in answer.headers else ""
    assert seen == offered


def test_a_tour_tells_what_its_page_would_and_nothing_else(traveller: Browser) -> None:
    tour = traveller.get("/tours/1").json()
    assert tour["id"] == 1
    assert tour["provider"]
    assert tour["locations"]
    assert tour["as_of"]
    assert not PRIVATE & set(tour)
    assert not [name for name in tour if "embedding" in name]


def test_a_tour_that_is_retired_is_not_offered_any_more(traveller: Browser) -> None:
    with unit_of_work() as unit:
        unit.connection.execute("update travel_packages set retired_at = now() where id = 1")
    for path in ("/tours/1", "/accommodation?tour=1", "/tours/999999"):
        assert traveller.get(path).status_code == 404, path
    assert 1 not in [each["id"] for each in traveller.get("/tours").json()["items"]]
    saved = traveller.ask("POST", "/me/saved", {"tour": 1})
    assert saved.status_code == 204
    assert traveller.get("/me/saved").json()["items"][0]["offered"] is False


def test_what_a_tour_says_of_lodging_names_tour_field_and_day(traveller: Browser) -> None:
    with unit_of_work() as unit:
        row = unit.connection.execute(
            "select id, accommodation, updated_at::date as day from travel_packages "
            "where accommodation is not null order by id limit 1"
        ).fetchone()
    assert row
    told = traveller.get(f"/accommodation?tour={row['id']}").json()
    (statement,) = told["statements"]
    assert statement["text"] == row["accommodation"]
    assert statement["source"] == {
        "tour": row["id"], "field": "accommodation", "as_of": row["day"].isoformat(),
    }  # fmt: skip
    assert told["place"]


def test_all_that_is_said_of_lodging_in_a_place_comes_from_tours_there(traveller: Browser) -> None:
    told = traveller.get("/accommodation?place=Sapa").json()
    assert told["place"] == "Sa Pa"
    assert told["statements"]
    for each in told["statements"]:
        tour = traveller.get(f"/tours/{each['source']['tour']}").json()
        assert tour["accommodation"] == each["text"]
        assert any("Sa Pa" in place or "Sapa" in place for place in tour["locations"])


def test_places_to_stay_say_when_we_were_told(traveller: Browser) -> None:
    with unit_of_work() as unit:
        unit.connection.execute(
            """
            insert into accommodations (provider_id, external_id, name, latitude, longitude,
                rating, fields, source_hash, original, remarks)
            select id, 'h1', 'Mist Lodge', 22.335, 103.843, 8.7,
                '{"id": "h1", "name": "Mist Lodge", "latitude": 22.335, "longitude": 103.843,
                  "rating": 8.7}', '\\x00', '{}', '[]' from providers limit 1
            """
        )
    (stay,) = traveller.get("/accommodation?place=Sa Pa").json()["stays"]
    assert (stay["name"], stay["rating"], stay["price"]) == ("Mist Lodge", 8.7, None)
    assert stay["source"]["accommodation"] == "h1"
    assert len(stay["source"]["as_of"]) == len("2030-01-01")


def test_lodging_is_asked_for_by_one_tour_or_one_place(traveller: Browser) -> None:
    for query in ("", "tour=1&place=Sapa", "place=Vietnam", "place=nowhere at all", "tour=0"):
        assert traveller.get(f"/accommodation?{query}").status_code == 422, query


def test_every_token_opens_the_catalogue_and_no_travellers_data(traveller: Browser) -> None:
    program = traveller.client
    program.cookies.clear()
    for token in map(with_token, Role):
        for path in ("/tours", "/tours/1", "/accommodation?tour=1"):
            assert program.get(f"{API}{path}", headers=token).status_code == 200
        assert program.post(f"{API}/recommendations", json={}, headers=token).status_code == 200
        for path in ("/me", "/me/preferences", "/me/saved", "/me/recommendations"):
            assert program.get(f"{API}{path}", headers=token).status_code == 401


def test_a_revoked_or_made_up_token_opens_nothing(traveller: Browser) -> None:
    token = with_token()
    with unit_of_work() as unit:
        row = unit.connection.execute("select name from api_tokens").fetchone()
        assert row
        revoke_token(unit.connection, row["name"])
    for headers in (token, {"Authorization": "Bearer tb_x"}, {"Authorization": "Basic eDp5"}):
        answer = traveller.client.get(f"{API}/tours", headers=headers)
        assert answer.status_code == 401  # though the session would do
        assert "Bearer" in answer.headers["www-authenticate"]


def test_a_session_alone_ranks_no_foreign_wishes(traveller: Browser) -> None:
    answer = traveller.ask("POST", "/recommendations", {})
    assert answer.status_code == 401
