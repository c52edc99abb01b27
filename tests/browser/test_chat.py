"""The chat: what is written, tapped, swiped and sent arrives, and looks as it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage
from tests.browser.echobot import png
from tests.browser.pages import PhonePage


def test_what_is_typed_is_answered_and_its_ticks_turn(phone: PhonePage) -> None:
    phone.say("hello there")
    phone.see("You said: hello there")
    own = phone.see("^hello there")
    expect(own.get_by_role("button", name=re.compile("Read,"))).to_be_visible()
    own.get_by_role("button", name=re.compile("Read,")).click()
    expect(phone.dialog()).to_contain_text("Delivered")
    expect(phone.dialog()).to_contain_text("answered 200 in")


def test_marks_become_shapes_and_markup_stays_text(phone: PhonePage) -> None:
    phone.say("marks")
    bubble = phone.see("no markup")
    for tag, words in (("strong", "bold"), ("em", "italic"), ("s", "strike"), ("code", "mono")):
        expect(bubble.locator(f".text {tag}")).to_have_text(words)
    expect(bubble.locator(".text")).to_contain_text("<b>no markup</b>")
    expect(bubble.locator("b")).to_have_count(0)
    link = bubble.get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.org/a?b=1")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_nothing_that_anybody_writes_becomes_markup(phone: PhonePage) -> None:
    phone.page.locator("#person-form").get_by_label("Name").fill("<img src=x>")
    phone.press("Save")
    phone.say("hostile")
    bubble = phone.see("onerror=document.title")
    expect(bubble.locator("strong")).to_have_text("<script>")
    expect(bubble.locator("img, script, a")).to_have_count(0)
    bubble.get_by_role("button", name="<u>Go").click()
    expect(phone.dialog()).to_contain_text("<i>row</i>")
    expect(phone.dialog().locator("i, a, u")).to_have_count(0)
    expect(phone.page.locator(".person[aria-current]")).to_contain_text("<img src=x>")
    expect(phone.page).to_have_title("Phone simulator")


def test_a_button_can_be_tapped_even_when_it_is_old(phone: PhonePage, stage: Stage) -> None:
    phone.say("buttons")
    phone.see("Do you like it")
    phone.say("and now")
    phone.see("You said: and now")
    phone.page.get_by_role("button", name="No", exact=True).click()
    phone.see("You tapped no")
    assert stage.bot.seen[-1]["OriginalRepliedMessageSid"]


def test_a_row_of_a_list_is_chosen_and_then_sent(phone: PhonePage) -> None:
    phone.say("list")
    phone.press("Choose")
    send = phone.dialog().get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    phone.dialog().get_by_text("Hạ Long").click()
    send.click()
    phone.see("You chose row-2")


def test_a_card_shows_its_picture_its_words_and_its_link(phone: PhonePage) -> None:
    phone.say("card")
    card = phone.see("Mekong by boat")
    expect(card.get_by_role("link", name="See it")).to_have_attribute(
        "href", "https://example.org/mekong"
    )
    card.get_by_role("button", name="Open the picture").click()
    expect(phone.dialog().locator("img")).to_be_visible()
    phone.page.keyboard.press("Escape")
    expect(phone.dialog()).to_have_count(0)


def test_a_place_that_the_bot_sends_is_drawn_too(phone: PhonePage) -> None:
    phone.say("pin")
    expect(phone.page.get_by_role("img", name=re.compile("Location: Hồ Gươm"))).to_be_visible()


def test_the_cards_of_a_carousel_are_side_by_side_and_can_be_tapped(phone: PhonePage) -> None:
    phone.say("carousel")
    cards = phone.see("Three ideas").locator(".card")
    expect(cards).to_have_count(3)
    phone.press("Take 2")
    phone.see("You tapped 2")


def test_a_broken_picture_leaves_a_placeholder(phone: PhonePage) -> None:
    phone.expected.add("404 (Not Found)")
    phone.say("broken")
    expect(phone.see("A broken picture").locator(".broken")).to_be_visible()


def test_typing_shows_dots_until_they_are_over(phone: PhonePage) -> None:
    phone.say("silence")
    expect(phone.page.locator("#typing")).to_be_visible()
    expect(phone.page.locator("#presence")).to_have_text("typing…")
    phone.say("hello")
    phone.see("You said: hello")
    expect(phone.page.locator("#typing")).to_be_hidden()


def test_the_menu_of_a_message_replies_reacts_and_explains(phone: PhonePage, stage: Stage) -> None:
    phone.say("hello")
    answer = phone.see("You said: hello")
    answer.locator(".bubble").click(button="right")
    phone.pick("Reply")
    expect(phone.page.locator("#quoting")).to_contain_text("You said: hello")
    phone.say("why?")
    phone.see("You said: why\\? in answer")
    phone.page.locator(".quote").click()
    expect(phone.page.locator("#thread .item:focus .text")).to_have_text("You said: hello")
    answer.locator(".bubble").click(button="right")
    phone.pick("👍")
    expect(phone.bubble("You said: hello").locator(".reaction")).to_have_text("👍")
    phone.bubble("You said: hello").locator(".reaction").click()
    expect(phone.page.locator(".reaction")).to_have_count(0)


def test_photos_go_out_as_one_album_with_a_webhook_each(
    phone: PhonePage, stage: Stage, tmp_path: Path
) -> None:
    files = []
    for number in range(3):
        files.append(tmp_path / f"photo-{number}.png")
        files[-1].write_bytes(png(60 * number, 120, 90))
    phone.attach("Photos and videos", *files)
    phone.dialog().get_by_role("button", name="Send").click()
    expect(phone.page.locator("#thread .item.tile")).to_have_count(3)
    expect(phone.page.locator("#thread .item", has_text="Got image/png")).to_have_count(3)
    assert [form["NumMedia"] for form in stage.bot.seen] == ["1", "1", "1"]


def test_a_picture_that_is_pasted_is_looked_at_and_sent(phone: PhonePage) -> None:
    phone.page.get_by_role("textbox", name="Message", exact=True).evaluate(
        """box => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([137, 80, 78, 71])], 'a.png',
            { type: 'image/png' }));
          box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
        }"""
    )
    expect(phone.dialog().locator(".thumbnail img")).to_have_count(1)
    phone.dialog().get_by_role("button", name="Send").click()
    phone.see("Got image/png")
    expect(phone.page.locator(".own .broken")).to_be_visible()  # four bytes are no picture


def test_a_document_carries_its_name_and_a_caption(phone: PhonePage, tmp_path: Path) -> None:
    plan = tmp_path / "kế hoạch.pdf"
    plan.write_bytes(b"%PDF-1.4\n%%EOF\n")
    phone.attach("Document", plan)
    phone.dialog().get_by_label("Caption").fill("my plan")
    phone.dialog().get_by_role("button", name="Send").click()
    expect(phone.see("my plan").locator(".file")).to_contain_text("kế hoạch.pdf")
    phone.see("Got application/pdf my plan")


def test_a_place_is_drawn_and_reaches_the_bot(phone: PhonePage) -> None:
    phone.press("Attach")
    phone.pick("Location")
    form = phone.dialog()
    form.get_by_label("Name of the place").fill("Bến tàu")
    form.get_by_label("Latitude").fill("20.9101")
    form.get_by_label("Longitude").fill("107.1839")
    form.get_by_role("button", name="Send").click()
    expect(phone.page.get_by_role("img", name=re.compile("Location: Bến tàu"))).to_be_visible()
    phone.see("You are at 20.9101, 107.1839 Bến tàu")


def test_a_contact_travels_as_a_card(phone: PhonePage) -> None:
    phone.press("Attach")
    phone.pick("Contact")
    phone.dialog().get_by_label("Name", exact=True).fill("Harbour office")
    phone.dialog().get_by_label("Number", exact=True).fill("+84 90 000 0007")
    phone.dialog().get_by_role("button", name="Send").click()
    phone.see("Got text/vcard")
    expect(phone.page.locator(".contact")).to_contain_text("+84900000007")


def test_a_recorded_voice_message_is_ogg_and_can_be_played(phone: PhonePage, stage: Stage) -> None:
    phone.press("Record a voice message")
    expect(phone.page.locator("#recording-time")).to_have_text("0:01")
    phone.press("Send the recording")
    phone.see("Got audio/ogg")
    voice = phone.page.locator("#thread .voice")
    expect(voice.locator(".length")).to_have_text(re.compile(r"0:0[12]"))
    voice.get_by_role("button", name="Play").click()
    expect(voice.get_by_role("button", name="Pause")).to_be_visible()
    assert stage.bot.seen[-1]["MediaContentType0"] == "audio/ogg"
    heard = voice.locator("audio, rect.played")
    expect(heard.first).to_be_attached()


def test_a_recording_can_be_thrown_away(phone: PhonePage, stage: Stage) -> None:
    phone.press("Record a voice message")
    phone.press("Throw the recording away")
    expect(phone.page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()
    assert stage.bot.seen == []


def test_a_finger_swipes_to_reply(narrow: PhonePage) -> None:
    narrow.say("hello")
    bubble = narrow.see("You said: hello").locator(".bubble")
    box = bubble.bounding_box()
    assert box
    session = narrow.page.context.new_cdp_session(narrow.page)
    y = box["y"] + box["height"] / 2

    def touch(kind: str, x: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", box["x"] + 20)
    for far in (40, 60, 80, 100):
        touch("touchMove", box["x"] + far)
    touch("touchEnd", 0)
    expect(narrow.page.locator("#quoting")).to_contain_text("You said: hello")


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_nothing_is_wider_than_the_window(stage: Stage, size: tuple[int, int]) -> None:
    with stage.page(size) as phone:
        for words in ("list", "buttons", "card", "x" * 300):
            phone.say(words)
        phone.see("You said: xxx")
        wide = phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0]
        overflow = phone.page.evaluate(
            "[...document.querySelectorAll('#scroller, .bar, .foot, .text')]"
            ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.className)"
        )
        assert overflow == []
