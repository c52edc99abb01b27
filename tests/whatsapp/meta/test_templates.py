"""Templates with Meta: handed in once, and their state read back."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import ConfigurationError, RejectedError, RetryLaterError
from tests.whatsapp.meta.conftest import ACCOUNT_ID, VERSION
from tests.whatsapp.meta.payloads import NUMBER_ID
from tests.whatsapp.recorder import Asked, Recorder, Reply, says
from whatsapp.meta.channel import MetaChannel
from whatsapp.templates.schemas import Approval, TemplateButton, TemplateVariant

PATH = f"{VERSION}/{ACCOUNT_ID}/message_templates"
READY = TemplateVariant(
    name="answer_ready", language="vi", category="utility",
    body="Chào {name}, có {count} tin mới.", variables=["name", "count"], samples=["Minh", "2"],
    buttons=[TemplateButton(id="continue", label="Xem")],
)  # fmt: skip


def shelf(*listed: dict[str, Any]) -> Callable[[Asked], Reply]:
    """A business account with these templates, two a page."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return says({"id": "1", "status": "PENDING", "category": "UTILITY"})
        query = dict(asked.query)
        begin = int(query.get("after", "0"))
        rows = [each for each in listed if query.get("name") in {None, each["name"]}]
        page: dict[str, Any] = {"data": rows[begin : begin + 2]}
        if begin + 2 < len(rows):
            evil = "http://127.0.0.1:9/next"
            page["paging"] = {"cursors": {"after": str(begin + 2)}, "next": evil}
        return says(page)

    return answer


def listed(variant: TemplateVariant, status: str, reason: str = "NONE") -> dict[str, Any]:
    return {
        "name": variant.provider_name, "language": variant.language, "status": status,
        "rejected_reason": reason, "id": "77",
    }  # fmt: skip


def test_a_template_is_handed_in_with_its_examples(meta: MetaChannel, graph: Recorder) -> None:
    graph.answer = shelf()
    state = meta.submit_template(READY)
    assert (state.approval, state.provider_id) == (Approval.SUBMITTED, READY.provider_name)
    assert (state.name, state.fingerprint) == ("answer_ready", READY.fingerprint)
    looked, handed_in = graph.asked
    assert (looked.path, handed_in.path) == (PATH, PATH)
    assert handed_in.json() == {
        "name": READY.provider_name,
        "language": "vi",
        "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "Chào {{1}}, có {{2}} tin mới.",
             "example": {"body_text": [["Minh", "2"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Xem"}]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "approval"),
    [("APPROVED", Approval.APPROVED), ("PENDING", Approval.SUBMITTED),
     ("IN_APPEAL", Approval.SUBMITTED), ("REJECTED", Approval.REJECTED),
     ("PAUSED", Approval.PAUSED), ("DISABLED", Approval.PAUSED)],
)  # fmt: skip
def test_handing_in_again_only_tells_how_far_it_has_got(
    meta: MetaChannel, graph: Recorder, status: str, approval: Approval
) -> None:
    graph.answer = shelf(listed(READY, status, "INVALID_FORMAT"))
    state = meta.submit_template(READY)
    assert (state.approval, state.reason) == (approval, "INVALID_FORMAT")
    assert [asked.method for asked in graph.asked] == ["GET"]


def test_another_language_or_wording_is_handed_in(meta: MetaChannel, graph: Recorder) -> None:
    graph.answer = shelf(listed(READY, "APPROVED"))
    meta.submit_template(READY.model_copy(update={"language": "en"}))
    meta.submit_template(READY.model_copy(update={"body": "Chào {name}: có {count} tin mới."}))
    posted = [asked.json() for asked in graph.asked if asked.method == "POST"]
    assert [each["language"] for each in posted] == ["en", "vi"]
    assert posted[1]["name"] != READY.provider_name


def test_all_pages_are_read_and_what_is_not_ours_left_out(
    meta: MetaChannel, graph: Recorder
) -> None:
    other = {"name": "order_confirmation", "language": "en", "status": "APPROVED"}
    second = READY.model_copy(update={"language": "en"})
    third = READY.model_copy(update={"name": "recommendations"})
    graph.answer = shelf(
        listed(READY, "APPROVED"), other, listed(second, "PENDING"), other, listed(third, "PAUSED")
    )
    states = meta.template_states()
    assert [(each.name, each.language, each.approval) for each in states] == [
        ("answer_ready", "vi", Approval.APPROVED), ("answer_ready", "en", Approval.SUBMITTED),
        ("recommendations", "vi", Approval.PAUSED),
    ]  # fmt: skip
    assert len(graph.asked) == 3


def test_a_template_that_meta_does_not_take_is_refused(meta: MetaChannel, graph: Recorder) -> None:
    def answer(asked: Asked) -> Reply:
        refused = {"error": {"code": 100, "error_subcode": 2388023, "message": "no"}}
        return says(refused, 400) if asked.method == "POST" else says({"data": []})

    graph.answer = answer
    with pytest.raises(RejectedError):
        meta.submit_template(READY)


def test_a_lost_answer_may_be_asked_for_again(meta: MetaChannel, graph: Recorder) -> None:
    graph.answer = lambda _: Reply(200, b"<html>")
    with pytest.raises(RetryLaterError):
        meta.template_states()
    graph.answer = lambda asked: says({"data": []}) if asked.method == "GET" else Reply(504)
    with pytest.raises(RetryLaterError):
        meta.submit_template(READY)


def test_without_a_business_account_there_are_no_templates(meta: MetaChannel) -> None:
    bare = MetaChannel(meta._graph, NUMBER_ID, None)
    with pytest.raises(ConfigurationError, match="META_BUSINESS_ACCOUNT_ID"):
        bare.template_states()
