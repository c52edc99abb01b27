"""The one sentence that the channel says by itself, when nobody else can."""

_APOLOGY = {
    "en": "Sorry, something went wrong on our side and I could not answer your last message. "
    "Please send it again in a few minutes.",
    "vi": "Xin lỗi, hệ thống của chúng tôi đang gặp trục trặc nên tôi chưa trả lời được tin nhắn "
    "vừa rồi. Bạn vui lòng gửi lại sau ít phút nhé.",
}


def apology(language: str) -> str:
    """Return the apology in *language*, or in English where there is none."""
    return _APOLOGY.get(language, _APOLOGY["en"])
