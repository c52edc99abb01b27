import unicodedata

import pytest

from conversation.understanding import Intent, understand

STOPS = [
    "stop", "STOP", "Stop.", "stop!!!", " stop ", "unsubscribe", "Unsubscribe.", "end", "QUIT",
    "cancel", "stopall", "opt out", "opt-out", "stop please", "please stop", "STOP STOP",
    "dừng", "Dừng.", "DỪNG", "dung", "DUNG", "dừng lại", "dung lai", "hủy", "huỷ", "huy", "Hủy!",
    "hủy đăng ký", "huy dang ky", "từ chối", "tu choi", "TỪ CHỐI", "ngừng", "ngung", "kết thúc",
    "dừng lại đi", "không nhận tin nữa", "please stop messaging me", "đừng nhắn tin cho tôi nữa",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_stop_is_understood_in_every_form(text: str, form: str) -> None:
    sent = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    assert understand(sent).intent is Intent.STOP


@pytest.mark.parametrize(
    "text",
    [
        "đúng", "Đúng rồi", "non-stop fun in Sapa", "how many stops does the bus make?",
        "end of December in Hue", "can I cancel a tour later?", "chính sách hủy tour thế nào?",
        "one stop in Ninh Binh", "weekend", "quite nice", "a trip to Land's End",
    ],
)  # fmt: skip
def test_other_messages_do_not_stop(text: str) -> None:
    assert understand(text).intent is not Intent.STOP


@pytest.mark.parametrize(
    "text", ["start", "START", "Start!", "unstop", "subscribe", "bắt đầu", "bat dau", "đăng ký lại"]
)
def test_start_is_understood(text: str) -> None:
    assert understand(text).intent is Intent.START


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("help", Intent.HELP), ("?", Intent.HELP), ("trợ giúp", Intent.HELP),
        ("tro giup", Intent.HELP), ("more", Intent.MORE), ("xem thêm", Intent.MORE),
        ("xem them", Intent.MORE), ("hello", Intent.GREETING), ("xin chào", Intent.GREETING),
        ("xin chao", Intent.GREETING), ("👋", Intent.GREETING), ("👍", Intent.FEEDBACK),
        ("agent", Intent.HUMAN), ("gap nhan vien", Intent.HUMAN), ("", Intent.HELP),
        ("🤷", Intent.OFF_TOPIC), ("tạm dừng", Intent.PAUSE),
        ("delete my data", Intent.DELETE_DATA),
    ],
)  # fmt: skip
def test_a_command_is_understood_as_a_whole(text: str, intent: Intent) -> None:
    assert understand(text).intent is intent


def test_thanks_are_told_from_greetings() -> None:
    assert understand("cảm ơn bạn nhiều").thanks
    assert not understand("xin chào").thanks
