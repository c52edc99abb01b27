"""WhatsApp's text marks, and how text that is not ours is kept from using them."""

from core.text import tidy

# WhatsApp knows no escape character, so the marks are replaced by letters that look like them.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "'"})
_ELLIPSIS = "…"


def escaped(text: str) -> str:
    """Return text of a traveller or a feed in a form that WhatsApp shows as it is."""
    return tidy(text).translate(_LOOK_ALIKES)


def shortened(text: str, limit: int) -> str:
    """Return *text*, cut at a word's end to at most *limit* characters."""
    text = tidy(text)
    if len(text) <= limit:
        return text
    kept = text[: limit - len(_ELLIPSIS)]
    at_word = kept.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip(" ,;:-–") + _ELLIPSIS
