"""Templates: judged before WhatsApp judges them, handed in, approved, lost, and changed."""

from pathlib import Path

import pytest

from core.database import Connection, unit_of_work
from core.errors import ConfigurationError, InvalidInputError, NotFoundError
from tests.whatsapp.house import Simulator
from tests.whatsapp.sending import approve, sync
from whatsapp.accounts import account
from whatsapp.schemas import TemplateUse
from whatsapp.templates import service
from whatsapp.templates.catalogue import variants
from whatsapp.templates.schemas import Approval, TemplateState
from whatsapp.templates.service import Standing
from whatsapp.twilio.channel import TwilioChannel

GOOD = """
category: utility
variables: [name]
languages:
  en:
    body: Hello {name}, welcome.
    samples: [Lan]
    buttons: [{id: a, label: Show}]
"""


def written(folder: Path, text: str) -> Path:
    (folder / "greeting.yaml").write_text(text, encoding="utf-8")
    return folder


def standings() -> dict[tuple[str, str], Standing]:
    with unit_of_work() as unit:
        found = service.standings(unit.connection, account())
    return {(each.variant.name, each.variant.language): each for each in found}


def test_our_own_templates_keep_every_rule_and_speak_both_languages() -> None:
    found = variants()
    named = {name for name, _ in found}
    assert named >= {"answer_ready", "reply_from_staff", "recommendations"}
    assert set(found) == {(name, language) for name in named for language in ("en", "vi")}
    marketing = [each for each in found.values() if each.category == "marketing"]
    assert "recommendations" in {each.name for each in marketing}
    assert all("STOP" in each.body or "DỪNG" in each.body for each in marketing)


def test_a_variant_numbers_its_variables_and_fills_them_in(tmp_path: Path) -> None:
    variant = variants(written(tmp_path, GOOD))["greeting", "en"]
    assert variant.numbered_body == "Hello {{1}}, welcome."
    assert variant.filled(["Lan"]) == "Hello Lan, welcome."


@pytest.mark.parametrize(
    ("wrong", "right", "why"),
    [
        ("Hello {name}, welcome.", "'{name}, welcome.'", "starts or ends with a variable"),
        ("Hello {name}, welcome.", "Hello {name}", "starts or ends with a variable"),
        ("Hello {name}, welcome.", "Hello there.", "name each of its variables"),
        ("Hello {name}, welcome.", "Hi {name}, {name}, ok", "name each of its variables"),
        ("Hello {name}, welcome.", "Hello {other}, ok.", "name each of its variables"),
        ("Hello {name}, welcome.", "x" * 1_025 + " {name}.", "1024"),
        ("Hello {name}, welcome.", "x" * 1_010 + " {name}.", "filled in"),
        ("samples: [Lan]", "samples: []", "needs a sample"),
        ("samples: [Lan]", 'samples: ["two\\nlines"]', "several lines"),
        ("samples: [Lan]", 'samples: ["a     b"]', "run of blanks"),
        ("label: Show", "label: " + "x" * 26, "25 characters"),
        ("[{id: a, label: Show}]", "[{id: a, label: A}, {id: a, label: B}]", "same id"),
        ("[{id: a, label: Show}]", "[{id: a, label: A}, {id: b, label: A}]", "same label"),
        ("category: utility", "category: friendly", "category"),
        ("  en:", "  fr:", "English"),
        ("languages:", "tongues:", "cannot be read"),
        ("category: utility", "category: [", "cannot be read"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_one_clear_line(
    tmp_path: Path, wrong: str, right: str, why: str
) -> None:
    assert wrong in GOOD
    text = GOOD.replace(wrong, right)
    if why == "filled in":
        text = text.replace("[Lan]", "[" + "y" * 40 + "]")
    with pytest.raises(ConfigurationError) as caught:
        variants(written(tmp_path, text))
    assert why in caught.value.message
    assert "greeting.yaml" in caught.value.message
    assert "\n" not in caught.value.message


def test_two_variables_need_words_between_them(tmp_path: Path) -> None:
    text = GOOD.replace("[name]", "[name, town]").replace("{name}", "{name} {town}")
    with pytest.raises(ConfigurationError, match="side by side"):
        variants(written(tmp_path, text.replace("[Lan]", "[Lan, Huế]")))


def test_what_is_missing_is_handed_in_and_nothing_is_handed_in_twice(
    channel: TwilioChannel, simulator: Simulator
) -> None:
    assert {each.approval for each in standings().values()} == {Approval.MISSING}
    approve(channel)
    assert {each.approval for each in standings().values()} == {Approval.APPROVED}
    assert all(each.is_ready for each in standings().values())
    with unit_of_work() as unit:
        assert service.to_submit(unit.connection, account(), []) == []
        again = service.to_submit(unit.connection, account(), ["answer_ready"])
    before = {each.provider_id for each in channel.template_states()}
    for variant in again:
        channel.submit_template(variant)
    assert {each.provider_id for each in channel.template_states()} == before
    assert len(before) == len(variants())


def test_a_name_that_no_template_has_is_refused(database_url: str) -> None:
    with unit_of_work() as unit, pytest.raises(NotFoundError, match="greetings"):
        service.to_submit(unit.connection, account(), ["greetings"])


def test_a_wording_that_changed_after_approval_is_not_used_until_it_is_approved(
    channel: TwilioChannel, db: Connection
) -> None:
    approve(channel)
    db.execute("update templates set fingerprint = 'earlier0' where name = 'answer_ready'")
    assert standings()["answer_ready", "en"].changed
    assert not standings()["answer_ready", "en"].is_ready
    with unit_of_work() as unit:
        use = TemplateUse(name="answer_ready", language="en", variables=["Lotus"])
        assert service.usable(unit.connection, account(), use) is None
        wanted = service.to_submit(unit.connection, account(), [])
    assert {each.name for each in wanted} == {"answer_ready"}
    approve(channel)
    assert standings()["answer_ready", "en"].is_ready


@pytest.mark.parametrize("approval", [Approval.REJECTED, Approval.PAUSED])
def test_a_template_that_the_provider_takes_back_is_not_used(
    channel: TwilioChannel, approval: Approval
) -> None:
    approve(channel)
    told = [
        each.model_copy(update={"approval": approval, "reason": "TAG_CONTENT_MISMATCH"})
        if (each.name, each.language) == ("answer_ready", "vi")
        else each
        for each in channel.template_states()
    ]
    note(told)
    lost = standings()["answer_ready", "vi"]
    assert (lost.approval, lost.reason) == (approval, "TAG_CONTENT_MISMATCH")
    with unit_of_work() as unit:
        use = TemplateUse(name="answer_ready", language="vi", variables=["Lotus"])
        found = service.usable(unit.connection, account(), use)
    assert found is not None
    assert found.use.language == "en"


def note(told: list[TemplateState]) -> None:
    with unit_of_work() as unit:
        service.note_states(unit.connection, account(), told)


def test_a_template_that_the_provider_has_no_more_is_missing(channel: TwilioChannel) -> None:
    approve(channel)
    note([each for each in channel.template_states() if each.name != "recommendations"])
    assert standings()["recommendations", "en"].approval is Approval.MISSING
    assert standings()["answer_ready", "en"].approval is Approval.APPROVED


def test_a_template_that_we_paused_stays_so_until_it_is_submitted_anew(
    channel: TwilioChannel,
) -> None:
    approve(channel)
    use = TemplateUse(name="answer_ready", language="en", variables=["Lotus"])
    with unit_of_work() as unit:
        service.pause(unit.connection, account(), use, "63027")
    sync(channel)
    paused = standings()["answer_ready", "en"]
    assert paused.approval is Approval.PAUSED
    assert "63027" in paused.reason
    approve(channel, "answer_ready")
    assert standings()["answer_ready", "en"].approval is Approval.APPROVED


def test_states_belong_to_an_account(
    channel: TwilioChannel, configured: pytest.MonkeyPatch
) -> None:
    approve(channel)
    with unit_of_work() as unit:
        found = service.standings(unit.connection, "meta:123")
    assert {each.approval for each in found} == {Approval.MISSING}


@pytest.mark.parametrize("values", [[], ["Lotus", "x"], [""], ["  \n "]])
def test_a_template_filled_in_wrongly_is_caught_before_the_wire(
    channel: TwilioChannel, values: list[str]
) -> None:
    approve(channel, "answer_ready")
    use = TemplateUse(name="answer_ready", language="en", variables=values)
    with unit_of_work() as unit, pytest.raises(InvalidInputError, match="business"):
        service.usable(unit.connection, account(), use)
