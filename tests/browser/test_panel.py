"""Phones, the clock, faults, templates, limits, the log and the export."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Stage
from tests.browser.pages import PhonePage

OTHER = "+84900000002"


def test_another_phone_has_its_own_chat_and_shows_what_is_unread(
    phone: PhonePage, stage: Stage
) -> None:
    phone.say("hello")
    phone.see("You said: hello")
    phone.press("Add a phone")
    phone.dialog().get_by_label("Name", exact=True).fill("Second")
    phone.dialog().get_by_label("Number", exact=True).fill("+84 90 000 0002")
    phone.dialog().get_by_role("button", name="Add this phone").click()
    expect(phone.page.locator("#mine")).to_have_text("Second’s phone")
    expect(phone.page.locator("#thread .item")).to_have_count(0)
    stage.bot.send("whatsapp:+84900000001", Body="One more thing")
    row = phone.page.locator(".person", has_text="Traveller")
    expect(row.locator(".unread")).to_have_text("1")
    expect(phone.page).to_have_title("(1) Phone simulator")
    row.click()
    phone.see("One more thing")
    expect(phone.page.locator("#phone-list .unread")).to_have_count(0)
    assert phone.page.url.endswith("84900000001")


def test_a_person_without_a_number_can_be_added_and_given_one(phone: PhonePage) -> None:
    phone.press("Add a phone")
    phone.dialog().get_by_label("Name", exact=True).fill("Third")
    phone.dialog().get_by_text("A person without one").click()
    phone.dialog().get_by_label("Username", exact=True).fill("third.phone")
    phone.dialog().get_by_role("button", name="Add this phone").click()
    expect(phone.page.locator(".person[aria-current]")).to_contain_text("@third.phone")
    phone.say("hello")
    phone.see("You said: hello")
    phone.page.get_by_label("Phone number", exact=True).fill("+84 90 000 0099")
    phone.press("Save")
    expect(phone.page.locator(".person[aria-current]")).to_contain_text("+84900000099")


def test_drafts_stay_with_their_phone(phone: PhonePage, stage: Stage) -> None:
    stage.http.post("/simulator/phones", json={"number": OTHER, "name": "Second"})
    box = phone.page.get_by_role("textbox", name="Message", exact=True)
    box.fill("half a thou")
    phone.page.locator(".person", has_text="Second").click()
    expect(box).to_have_value("")
    phone.page.locator(".person", has_text="Traveller").click()
    expect(box).to_have_value("half a thou")


def test_the_window_closes_when_the_clock_is_moved(phone: PhonePage, stage: Stage) -> None:
    strip = phone.page.locator("#strip-text")
    expect(strip).to_contain_text("has not written yet")
    phone.say("hello")
    phone.see("You said: hello")
    expect(strip).to_have_text(re.compile(r"Free-form closes in 23:59:\d\d"))
    phone.press("+1 hour")
    expect(strip).to_have_text(re.compile(r"Free-form closes in 22:59:\d\d"))
    phone.press("Close the window")
    expect(strip).to_have_text("Template only")
    assert stage.bot.send("whatsapp:+84900000001", Body="Too late") == 201
    phone.page.get_by_role("button", name=re.compile("did not arrive: 63016")).click()
    expect(phone.dialog()).to_contain_text("63016")


def test_a_fault_is_planned_with_one_click_and_counts_down(phone: PhonePage, stage: Stage) -> None:
    phone.tab("Faults")
    expect(phone.page.locator("#faults-state")).to_have_text("Nothing is planned to go wrong.")
    fault = phone.page.get_by_role("button", name=re.compile("^429 storm"))
    fault.click()
    expect(fault).to_have_attribute("aria-pressed", "true")
    expect(fault).to_contain_text("next 20")
    assert stage.bot.send("whatsapp:+84900000001", Body="x") == 429
    expect(fault).to_contain_text("next 19")
    phone.press("Clear all")
    expect(fault).to_have_attribute("aria-pressed", "false")
    assert stage.bot.send("whatsapp:+84900000001", Body="x") == 201


def test_every_fault_of_the_panel_is_one_that_the_simulator_knows(
    phone: PhonePage, stage: Stage
) -> None:
    phone.tab("Faults")
    for fault in phone.page.locator(".fault").all():
        fault.click()
        expect(fault).to_have_attribute("aria-pressed", "true")
    planned = stage.http.get("/simulator/faults").json()["planned"]
    assert len(planned) == 13
    phone.press("Clear all")
    phone.press("Start")
    expect(phone.page.locator(".fault[aria-pressed=true]")).to_have_count(5)


def test_a_message_that_is_lost_never_reaches_the_bot(phone: PhonePage, stage: Stage) -> None:
    phone.tab("Faults")
    phone.page.get_by_role("button", name=re.compile("^Lose a message")).click()
    phone.say("lost")
    phone.say("found")
    phone.see("You said: found")
    assert [form["Body"] for form in stage.bot.seen] == ["found"]


def test_a_failure_told_later_is_shown_with_its_code(phone: PhonePage, stage: Stage) -> None:
    phone.tab("Faults")
    phone.page.get_by_role("combobox", name="Error code").select_option("63024")
    phone.page.get_by_role("button", name=re.compile("^Fail with the code")).click()
    phone.say("hello")
    expect(phone.see("did not arrive: 63024")).to_be_visible()


def test_a_template_is_approved_by_hand(phone: PhonePage, stage: Stage) -> None:
    stage.http.patch("/simulator/behaviour", json={"approval": "hand"})
    stage.bot.content("news", {"text": {"body": "There is news for you today."}})
    assert stage.bot.hand_in("news") < 300
    phone.tab("Templates")
    row = phone.page.locator(".template", has_text="news")
    expect(row).to_contain_text("waiting")
    row.get_by_role("button", name="Approve").click()
    expect(row.locator(".status")).to_have_text("approved")
    row.get_by_role("button", name="Pause").click()
    expect(row.locator(".status")).to_have_text("paused")


def test_a_limit_can_be_switched_off_and_changed(phone: PhonePage, stage: Stage) -> None:
    phone.tab("Limits")
    limit = phone.page.locator(".limit", has_text="Length of a text")
    limit.get_by_role("checkbox").click()
    expect(limit.get_by_role("checkbox")).not_to_be_checked()
    limit.get_by_label("Characters").fill("20")
    limit.get_by_label("Characters").press("Enter")
    phone.page.wait_for_function(
        "fetch('/simulator/limits').then(a => a.json()).then(a => a.body.characters === 20)"
    )
    assert stage.http.get("/simulator/limits").json()["body"] == {"on": False, "characters": 20}
    phone.press("Defaults")
    expect(limit.get_by_role("checkbox")).to_be_checked()


def test_the_log_shows_both_ways_and_hides_secrets(phone: PhonePage) -> None:
    phone.say("hello")
    phone.see("You said: hello")
    phone.tab("HTTP")
    phone.page.get_by_label("Direction").select_option("in")
    phone.page.locator(".lines .line").first.click()
    expect(phone.dialog()).to_contain_text("Body = You said: hello")
    assert "a-token-for-tests" not in phone.dialog().inner_text()
    phone.page.keyboard.press("Escape")
    phone.page.get_by_label("Direction").select_option("out")
    expect(phone.page.locator(".way.in")).to_have_count(0)
    expect(phone.page.locator(".way.out").first).to_be_visible()


def test_a_chat_is_exported(phone: PhonePage, tmp_path: Path) -> None:
    phone.say("hello")
    phone.see("You said: hello")
    texts = {}
    for name in ("Text", "JSON", "Web page"):
        with phone.page.expect_download() as download:
            phone.press(name)
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        texts[name] = path.read_text("utf-8")
        assert "You said: hello" in texts[name]
    assert json.loads(texts["JSON"])
    assert "<script" not in texts["Web page"]


def test_opting_out_and_blocking_are_seen(phone: PhonePage, stage: Stage) -> None:
    phone.say("hello")
    phone.see("You said: hello")
    phone.press("More")
    phone.pick("Opt out (send STOP)")
    expect(phone.page.locator("#opted-out")).to_be_visible()
    assert stage.bot.send("whatsapp:+84900000001", Body="x") == 400
    phone.press("More")
    phone.pick("Opt in again (send START)")
    expect(phone.page.locator("#opted-out")).to_be_hidden()
    phone.press("More")
    phone.pick("Block this business")
    expect(phone.page.locator("#blocked-note")).to_be_visible()
    expect(phone.page.get_by_label("Blocks the business")).to_be_checked()


def test_a_phone_can_be_removed_after_a_question(phone: PhonePage, stage: Stage) -> None:
    stage.http.post("/simulator/phones", json={"number": OTHER, "name": "Second"})
    phone.page.locator(".person", has_text="Second").click()
    phone.press("More")
    phone.pick("Remove this phone")
    phone.dialog().get_by_role("button", name="Cancel").click()
    expect(phone.page.locator(".person", has_text="Second")).to_be_visible()
    phone.press("More")
    phone.pick("Remove this phone")
    phone.dialog().get_by_role("button", name="Remove").click()
    expect(phone.page.locator(".person", has_text="Second")).to_have_count(0)
