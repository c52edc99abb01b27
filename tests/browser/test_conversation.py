"""Whole conversations on the phone page with the real product, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.embedded.service import Servers
from tests.browser.concierge import PRIVACY, Concierge, Talk, serving
from tests.browser.conftest import DESKTOP, NARROW, Windows
from tests.browser.echobot import png
from tests.browser.pages import PhonePage


@pytest.fixture(scope="module")
def concierge(
    servers: Servers,
    template_with_tours: str,
    _windows: Windows,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Concierge]:
    with serving(servers, template_with_tours, tmp_path_factory.mktemp("concierge")) as running:
        yield running


@dataclass
class Stand:
    """The product, and a browser to talk with it."""

    concierge: Concierge
    windows: Windows

    @contextmanager
    def talk(self, size: tuple[int, int]) -> Iterator[Talk]:
        """A traveller's phone that nobody has used; every error of the page fails the test."""
        page, troubles = self.windows.get(size, touch=size == NARROW, scheme="light")
        number = self.concierge.simulator.phone().number
        try:
            yield Talk(PhonePage(page, self.concierge.simulator.url, troubles).open(number))
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert troubles == []
        finally:
            page.goto("about:blank")


@pytest.fixture
def stand(concierge: Concierge, _windows: Windows) -> Stand:
    return Stand(concierge, _windows)


ENGLISH = {
    "hello": "Hello",
    "help": "HELP",
    "begin": "Step by step",
    "any length": "Any length",
    "any price": "Any price",
    "likes": "Mountains",
    "any time": "Any time",
    "not now": "Not now",
    "next": "Tap or write a number",
    "fits": "Fits: ",
    "more": "more",
    "details": "Details 2",
    "route": "Route:",
    "like": "👍 I like it",
    "noted": "Noted",
    "save": "⭐ Save",
    "saved": r"Saved: ",
    "compare": "compare 1 and 2",
    "price": "Price for one person",
    "cheaper": "cheaper",
    "not hanoi": "not Hanoi",
    "without": "without Hà Nội",
    "kids": "with kids",
    "book": "book 1",
    "link": "directly with the operator",
    "stays": "hotels near Sa Pa",
    "near": "Places to stay near Sa Pa",
    "lunch": "is lunch included in 1?",
    "lunch told": "Operator’s information|does not say",
    "how long": "how long does it take?",
    "length": r"Length: “|does not say",
    "weekly": "tour ideas every Friday at 9",
    "terms": "every Friday at 09:00. You can pause",
    "agree": "Yes, send them",
    "done": "Done: tour ideas every Friday at 09:00",
    "pause": "pause 2 weeks",
    "paused": "Paused until",
    "data": "my data",
    "told": "Regular ideas: every Friday at 09:00 \\(paused",
    "person": "talk to a person",
    "passed on": "passed you on",
    "staff": "Good morning! I have looked at your booking.",
    "back": "handed the talk back",
    "stop": "STOP",
    "stopped": "no more messages",
    "start": "START",
    "delete": "delete my data",
    "sure": "cannot be undone",
    "erase": "Yes, delete all",
    "erased": "Deleted",
}
VIETNAMESE = {
    "hello": "Xin chào",
    "help": "TRỢ GIÚP",
    "begin": "Từng bước",
    "any length": "Mấy ngày cũng được",
    "any price": "Giá nào cũng được",
    "likes": "Núi non",
    "any time": "Lúc nào cũng được",
    "not now": "Để sau",
    "next": "Chạm hoặc nhắn số",
    "fits": "Phù hợp: ",
    "more": "thêm",
    "details": "Chi tiết 2",
    "route": "Lộ trình:",
    "like": "👍 Thích tour này",
    "noted": "Đã ghi nhận",
    "save": "⭐ Lưu tour",
    "saved": "Đã lưu ",
    "compare": "so sánh 1 và 2",
    "price": "Giá mỗi người",
    "cheaper": "rẻ hơn",
    "not hanoi": "không đi Hà Nội",
    "without": "trừ Hà Nội",
    "kids": "đi cùng trẻ em",
    "book": "đặt tour 1",
    "link": "trực tiếp với đơn vị tổ chức",
    "stays": "khách sạn gần Sa Pa",
    "near": "Chỗ ở gần Sa Pa",
    "lunch": "tour 1 có bữa trưa không?",
    "lunch told": "Thông tin từ đơn vị tổ chức|không nói đến",
    "how long": "tour này bao nhiêu ngày?",
    "length": "Thời gian: “|không nói đến",
    "weekly": "gợi ý mỗi thứ Sáu lúc 9 giờ",
    "terms": "mỗi tuần vào thứ Sáu lúc 09:00. Bạn có thể",
    "agree": "Đồng ý",
    "done": "gửi gợi ý tour mỗi tuần vào thứ Sáu lúc 09:00",
    "pause": "tạm dừng 2 tuần",
    "paused": "Đã tạm dừng đến",
    "data": "dữ liệu của tôi",
    "told": "Gợi ý định kỳ: mỗi tuần vào thứ Sáu lúc 09:00 \\(tạm dừng",
    "person": "gặp nhân viên",
    "passed on": "chuyển tin nhắn của bạn",
    "staff": "Chào bạn, tôi đã xem đặt chỗ của bạn.",
    "back": "trao lại cuộc trò chuyện",
    "stop": "DỪNG",
    "stopped": "không nhận thêm tin nhắn",
    "start": "BẮT ĐẦU",
    "delete": "xóa dữ liệu của tôi",
    "sure": "Không thể khôi phục",
    "erase": "Xóa hết",
    "erased": "Đã xóa",
}


def titles(said: list[str]) -> list[str]:
    """The titles of the tours that were shown."""
    return re.findall(r"^\d\. (.+)$", "\n".join(said), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "size"), [(ENGLISH, DESKTOP), (VIETNAMESE, NARROW)], ids=["en", "vi"]
)
def test_a_traveller_is_led_from_hello_to_a_booking(
    stand: Stand, words: dict[str, str], size: tuple[int, int]
) -> None:
    with stand.talk(size) as talk:
        (welcome,) = talk.say(words["hello"], words["help"])
        assert PRIVACY in welcome
        found = led_to_tours(talk, words)
        more = titles(talk.say(words["more"], words["next"]))
        assert len(found) == len(more) == 3
        assert not set(found) & set(more)
        look_closer(talk, words, more[1])
        change_the_wish(talk, words)
        book_and_ask(talk, words)


def led_to_tours(talk: Talk, words: dict[str, str]) -> list[str]:
    talk.tap(words["begin"], "1/6")
    talk.choose("Sa Pa", "2/6")
    talk.tap(words["any length"], "3/6")
    talk.tap(words["any price"], "4/6")
    talk.choose(words["likes"], "5/6")
    talk.tap(words["any time"], "6/6")
    said = talk.tap(words["not now"], words["next"])
    assert sum(words["fits"] in each for each in said) == 3
    return titles(said)


def look_closer(talk: Talk, words: dict[str, str], title: str) -> None:
    (details,) = talk.choose(words["details"], words["route"])
    assert title in details
    photo = talk.phone.bubble(words["route"]).get_by_role("button", name="Open the picture")
    expect(photo.locator("img")).to_have_js_property("complete", value=True)
    talk.tap(words["like"], words["noted"])
    assert title in "".join(talk.tap(words["save"], words["saved"]))
    assert words["price"] in talk.say(words["compare"], words["next"][:3])[0]


def change_the_wish(talk: Talk, words: dict[str, str]) -> None:
    assert titles(talk.say(words["cheaper"], words["next"]))
    said = talk.say(words["not hanoi"], words["next"])
    assert words["without"] in said[0]
    assert titles(talk.say(words["kids"], words["next"]))


def book_and_ask(talk: Talk, words: dict[str, str]) -> None:
    (link,) = talk.say(words["book"], words["link"])
    assert "/r/" in link
    (stays,) = talk.say(words["stays"], words["near"])
    assert "Stone Church House" in stays
    assert "420" in stays
    talk.say(words["lunch"], words["lunch told"])
    talk.reply(words["route"], words["how long"], words["length"])


@pytest.mark.parametrize(
    ("words", "size"), [(ENGLISH, NARROW), (VIETNAMESE, DESKTOP)], ids=["en", "vi"]
)
def test_a_traveller_decides_what_comes_who_answers_and_what_is_kept(
    stand: Stand, words: dict[str, str], size: tuple[int, int]
) -> None:
    with stand.talk(size) as talk:
        talk.say(words["hello"], words["help"])
        talk.say(words["weekly"], words["terms"])
        talk.tap(words["agree"], words["done"])
        talk.say(words["pause"], words["paused"])
        talk.say(words["data"], words["told"])
        a_person_takes_over(stand, talk, words)
        silence_is_kept(talk, words)
        talk.say(words["delete"], words["sure"])
        talk.tap(words["erase"], words["erased"])
        (welcome,) = talk.say(words["hello"], words["help"])
        assert PRIVACY in welcome


def a_person_takes_over(stand: Stand, talk: Talk, words: dict[str, str]) -> None:
    talk.say(words["person"], words["passed on"])
    (talk_id,) = stand.concierge.database.execute("select max(id) from handovers").fetchone() or ()
    number = str(talk_id)
    with talk.answers(re.escape(words["staff"])) as said:
        stand.concierge.command("desk", "say", number, words["staff"])
    assert len(said) == 1
    with talk.answers(words["back"]) as said:
        stand.concierge.command("desk", "back", number)


def silence_is_kept(talk: Talk, words: dict[str, str]) -> None:
    talk.say(words["begin"], "1/6")
    talk.say(words["stop"], words["stopped"])
    talk.phone.say("Sa Pa")
    said = talk.say(words["start"], words["help"])
    assert len(said) == 1


def test_voices_pictures_and_places_are_answered_once_and_a_closed_window_loses_nothing(
    stand: Stand, tmp_path: Path
) -> None:
    with stand.talk(DESKTOP) as talk:
        talk.say("Hello", "HELP")
        an_album_is_answered_once(talk, tmp_path)
        a_place_is_a_wish(talk)
        talk.phone.press("Record a voice message")
        expect(talk.page.locator("#recording-time")).to_have_text("0:01")
        with talk.answers("could not make out your voice note") as said:
            talk.phone.press("Send the recording")
        assert len(said) == 1
        the_answer_waits_behind_a_template(stand, talk)


def an_album_is_answered_once(talk: Talk, folder: Path) -> None:
    files = [folder / f"{number}.png" for number in range(3)]
    for number, path in enumerate(files):
        path.write_bytes(png(60 * number, 120, 90))
    talk.phone.attach("Photos and videos", *files)
    with talk.answers("I do not look at pictures") as said:
        talk.phone.dialog().get_by_role("button", name="Send").click()
    assert len(said) == 1


def a_place_is_a_wish(talk: Talk) -> None:
    talk.phone.press("Attach")
    talk.phone.pick("Location")
    form = talk.phone.dialog()
    form.get_by_label("Latitude").fill("22.33")
    form.get_by_label("Longitude").fill("103.84")
    with talk.answers("Tap or write a number") as said:
        form.get_by_role("button", name="Send").click()
    assert "For: Sa Pa" in said[0]


def the_answer_waits_behind_a_template(stand: Stand, talk: Talk) -> None:
    """The first try to answer fails; before the second one the window closes."""
    stand.concierge.simulator.fail_next(http_status=429, code=20429, retry_after=2)
    with talk.answers("The answer to your question .* is ready") as said:
        talk.phone.say("help")
        talk.phone.press("Close the window")
    assert len(said) == 1
    assert len(talk.tap("Show", "I find tours for you")) == 1
