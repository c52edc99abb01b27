"""Links in messages: where they lead, and what is learned from following them."""

from conversation import links
from conversation.repository import erase
from conversation.schemas import Incoming
from conversation.service import answer
from core.database import unit_of_work
from core.settings import settings
from recommender.reactions import PULL, Kind
from tests.api.rest.browsers import Browser
from tests.conftest import rows_of

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0.0.0 Mobile Safari/537.36"
CLICKS = "select user_id, package_id from link_clicks order by id"
REACTIONS = "select package_id, kind from feedback where undone_at is null"


def link_of(traveller: Browser, tour: int = 1) -> str:
    """Return the path of a traveller's link to a tour that has a page."""
    with unit_of_work() as unit:
        unit.connection.execute(
            "update travel_packages set url = 'https://tours.example/' || id where id = %s", [tour]
        )
        return path_of(links.tracked(unit.connection, traveller.user_id, tour))


def path_of(link: str) -> str:
    """Return the path of a link, which must be one of ours."""
    base, mark, token = link.partition("/r/")
    assert base == settings().public_base_url
    return mark + token


def follow(traveller: Browser, path: str, agent: str = PHONE, **headers: str) -> int:
    sent = {"User-Agent": agent, **headers}
    return traveller.client.get(path, headers=sent).status_code


def test_a_link_leads_to_the_tours_own_page_and_is_noted(
    traveller: Browser, catalogue_url: str
) -> None:
    answer = traveller.client.get(link_of(traveller), headers={"User-Agent": PHONE})
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://tours.example/1"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]
    assert rows_of(catalogue_url, CLICKS) == [{"user_id": traveller.user_id, "package_id": 1}]
    assert rows_of(catalogue_url, REACTIONS) == [{"package_id": 1, "kind": "click"}]


def test_a_click_counts_for_less_than_a_thumb() -> None:
    assert 0 < PULL[Kind.CLICK] < PULL[Kind.UP] / 2


def test_a_link_is_one_for_a_traveller_and_a_tour(traveller: Browser, another: Browser) -> None:
    first = link_of(traveller)
    assert link_of(traveller) == first
    assert len({first, link_of(traveller, 2), link_of(another), link_of(another, 2)}) == 4
    assert len(first) == len("/r/") + 22


def test_tapping_twice_in_a_minute_is_looking_once(traveller: Browser, catalogue_url: str) -> None:
    path = link_of(traveller)
    for _ in range(3):
        assert follow(traveller, path) == 302
    assert len(rows_of(catalogue_url, CLICKS)) == 1
    with unit_of_work() as unit:
        unit.connection.execute("update link_clicks set clicked_at = now() - interval '61 s'")
    follow(traveller, path)
    assert len(rows_of(catalogue_url, CLICKS)) == 2
    assert len(rows_of(catalogue_url, REACTIONS)) == 1


AHEAD: tuple[tuple[str, dict[str, str]], ...] = (
    ("WhatsApp/2.24.13.77 A", {}),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", {}),
    ("Mozilla/5.0 (compatible; Googlebot/2.1)", {}),
    (PHONE, {"Sec-Purpose": "prefetch;prerender"}),
    (PHONE, {"Purpose": "prefetch"}),
)


def test_programs_that_look_ahead_are_led_on_and_not_noted(
    traveller: Browser, catalogue_url: str
) -> None:
    path = link_of(traveller)
    for agent, headers in AHEAD:
        assert follow(traveller, path, agent, **headers) == 302
    assert rows_of(catalogue_url, CLICKS) == []


def test_asking_for_the_head_alone_is_not_looking(traveller: Browser, catalogue_url: str) -> None:
    answer = traveller.client.head(link_of(traveller), headers={"User-Agent": PHONE})
    assert (answer.status_code, answer.headers["location"]) == (302, "https://tours.example/1")
    assert rows_of(catalogue_url, CLICKS) == []


def test_nothing_of_the_request_gets_into_the_address(traveller: Browser) -> None:
    path = link_of(traveller)
    for query in ("?url=https://evil.example", "?next=//evil.example", "#@evil.example"):
        sent = {
            "User-Agent": PHONE,
            "X-Forwarded-Host": "evil.example",
            "Referer": "//evil.example",
        }
        answer = traveller.client.get(path + query, headers=sent)
        assert answer.headers["location"] == "https://tours.example/1"


UNKNOWN = ("x", "A" * 22, "A" * 5_000, "%00", "..%2f..%2fetc", "%F0%9F%98%80", "a" * 21 + "%0A")
NO_PAGES = ("javascript:alert(1)", "data:text/html,x", "//evil.example", "", None)


def test_an_unknown_link_is_not_found(traveller: Browser) -> None:
    for token in UNKNOWN:
        assert traveller.client.get(f"/r/{token}").status_code == 404, token


def test_only_pages_of_the_web_are_led_to(traveller: Browser) -> None:
    path = link_of(traveller)
    for url in NO_PAGES:
        with unit_of_work() as unit:
            unit.connection.execute("update travel_packages set url = %s where id = 1", [url])
        assert traveller.client.get(path).status_code == 404, url


def test_a_line_break_in_an_address_makes_no_header(traveller: Browser) -> None:
    path = link_of(traveller)
    with unit_of_work() as unit:
        unit.connection.execute(
            "update travel_packages set url = %s where id = 1",
            ["https://tours.example/\r\nSet-Cookie: a=b"],
        )
    answer = traveller.client.get(path)
    assert "\n" not in answer.headers["location"]
    assert "a=b" not in answer.headers.get("set-cookie", "")


def test_a_retired_tour_still_has_its_page(traveller: Browser) -> None:
    path = link_of(traveller)
    with unit_of_work() as unit:
        unit.connection.execute("update travel_packages set retired_at = now() where id = 1")
    assert follow(traveller, path) == 302


def test_links_and_clicks_go_with_the_traveller(traveller: Browser, catalogue_url: str) -> None:
    path = link_of(traveller)
    follow(traveller, path)
    with unit_of_work() as unit:
        erase(unit.connection, traveller.user_id, b"")
    assert rows_of(catalogue_url, CLICKS) == []
    assert follow(traveller, path) == 404


def test_messages_carry_links_that_lead_to_the_tours_they_are_about(traveller: Browser) -> None:
    with unit_of_work() as unit:
        said = answer(unit.connection, traveller.user_id, Incoming(text="3 days in Sa Pa"))
    cards = [message for message in said if message.link]
    assert cards
    for card in cards:
        led = traveller.client.get(path_of(card.link or ""))
        tour = traveller.get(f"/tours/{card.about}").json()
        assert led.headers["location"] == tour["url"]


def test_what_one_looks_at_is_learned_from(traveller: Browser) -> None:
    wish = {"locations": ["Sa Pa"], "duration": {"days": 3}, "food": "vegetarian"}
    traveller.ask("PUT", "/me/preferences", {"interests": wish})
    shown = traveller.ask("POST", "/me/recommendations", {"limit": 5}).json()["recommendations"]
    before = _weights(traveller)
    for each in shown[3:]:
        follow(traveller, link_of(traveller, each["tour"]))
    assert _weights(traveller) != before


def _weights(traveller: Browser) -> object:
    with unit_of_work() as unit:
        row = unit.connection.execute(
            "select weights from user_interests where user_id = %s", [traveller.user_id]
        ).fetchone()
    return row and row["weights"]
