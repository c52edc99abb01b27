"""Messages that put right what was said before: "no I meant Hue", "ý mình là 3 ngày cơ"."""

import re

from conversation.understanding.reading import Reading

_MEANT = re.compile(
    r"\b(?:i|we) (?:actually |really )?mean(?:t|ed)?\b(?! to)"
    r"|^\W*(?:oops|oop|correction|my mistake|my bad|typo)\b"
    r"|\b(?:sorry|no|oh|ah)\b\W{0,3}(?:sorry )?(?:i |we )?(?:mean|meant|typed|wrote|said)\b"
    r"|^\W*(?:sorry|no|wait)\W+(?!not\b|no\b)\w.{1,40}\bnot\b(?! (?:interested|good|for me))"
    r"|\by (?:minh|em|toi|tui|anh|chi|mk) (?:la|noi)\b"
    r"|^\W*(?:a |ui |oi |u |sr |sorry |xin loi |chet )*(?:em |minh |mk |toi )?"
    r"(?:nham(?! muc)|ghi nham"
    r"|go nham|noi nham|viet nham)\b|\b(?:go|ghi|noi|viet|danh) (?:nham|lon|sai)\b"
    r"|\b(?:typed|wrote|said|put)\b.{1,20}\bby (?:mistake|accident)\b"
    r"|\bchu (?:khong|ko|k|hong) phai\b|^\W*(?:sorry|xin loi|sr)\b.{0,30}\b(?:co|chu)\W*$"
)
_WRONG = re.compile(
    r"(?:,\s*)?\b(?:not|rather than|instead of|chu (?:khong|ko|k|hong)(?: phai)?(?: la)?|khong phai"
    r"(?: la)?)\s+(?P<wrong>(?:[$€£]\s?)?\d[\w.,]*(?:\s*(?:days?|nights?|weeks?|people|usd|dollars?"
    r"|euros?|ngay|dem|tuan|nguoi|trieu|tr|k|nghin))?)\W*$"
)


def corrects(plain: str) -> bool:
    """Tell whether folded text puts right what was said before."""
    return _MEANT.search(plain) is not None


def take_wrong_value(reading: Reading) -> None:
    """Use up the figure that was not meant: "4 days, not 5"."""
    match = _WRONG.search(reading.plain)
    if match:
        reading.take(match.span())
