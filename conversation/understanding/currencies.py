"""The words and signs of currencies, and of the units in which prices are counted."""

import re
from collections.abc import Mapping

from conversation.understanding.reading import Reading, Span
from core.money import known_currency

_SIGNS: Mapping[str, str] = {
    "us$": "USD", "usd$": "USD", "a$": "AUD", "au$": "AUD", "aud$": "AUD", "s$": "SGD",
    "sg$": "SGD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "nt$": "TWD", "$": "USD",
    "€": "EUR", "£": "GBP", "₫": "VND", "¥": "JPY", "₹": "INR", "₩": "KRW", "฿": "THB",
    "rs.": "INR", "rs": "INR", "rp.": "IDR", "rp": "IDR", "rm": "MYR", "₱": "PHP",
}  # fmt: skip
_WORDS: Mapping[str, str] = {
    "dollars? us": "USD", "dol+ars?": "USD", "bucks?": "USD", "usd": "USD",
    "do la my": "USD", "do la": "USD", "do my": "USD", "do(?! lai)": "USD",
    "(?:american|us) (?:dollars?|bucks?)": "USD",
    "(?:australian|aussie|aus) (?:dollars?|bucks?)": "AUD",
    "(?:new zealand|kiwi|nz) dollars?": "NZD", "(?:hong ?kong|hk) dollars?": "HKD",
    "(?:taiwan(?:ese)?|taiwan new) dollars?": "TWD", "british pounds?": "GBP",
    "japanese yens?": "JPY", "thai baht": "THB", "indian rupees?": "INR", "korean won": "KRW",
    "do uc": "AUD", "canadian dollars?": "CAD", "singapore dollars?": "SGD", "sing dollars?": "SGD",
    "do sing(?:apore)?": "SGD", "euros?": "EUR", "eur": "EUR", "o ?ro": "EUR", "pounds?": "GBP",
    "quid": "GBP", "sterling": "GBP", "bang anh": "GBP", "yens?": "JPY", "yen nhat": "JPY",
    "won": "KRW", "yuan": "CNY", "rmb": "CNY", "te": "CNY", "nhan dan te": "CNY", "baht": "THB",
    "bath thai": "THB", "rupees?": "INR", "rs": "INR", "ringgit": "MYR", "rupiah": "IDR",
    "pesos?": "PHP",
    "swiss francs?": "CHF", "rubles?": "RUB", "rup": "RUB", "vietnamese dongs?": "VND",
    "viet nam dong": "VND", "vnd": "VND", "vn[dđ]": "VND", "dongs?": "VND", "d": "VND",
}  # fmt: skip
_CODES = (
    "usd|eur|gbp|aud|cad|sgd|nzd|hkd|twd|jpy|krw|cny|thb|inr|myr|idr|php|chf|rub|vnd|lak|khr|mmk"
    "|sek|nok|dkk|pln|czk|aed|sar|ils|zar|brl|mxn|try"
)
_SCALES: Mapping[str, float] = {
    "trieu": 1e6, "tr": 1e6, "cu": 1e6, "mil": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6,
    "m": 1e6, "nghin": 1e3, "ngan": 1e3, "k": 1e3, "thousand": 1e3, "ty": 1e9, "ti": 1e9,
    "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "crore": 1e7, "crores": 1e7,
    "rb": 1e3, "ribu": 1e3, "jt": 1e6, "juta": 1e6,
}  # fmt: skip
_COUNTED_IN: Mapping[str, str] = {
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "crore", "crores"), "INR"),
    **dict.fromkeys(("rb", "ribu", "jt", "juta"), "IDR"),
}


def _either(words: Mapping[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SIGN_PATTERN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
BEFORE = rf"(?:{_SIGN_PATTERN}|(?:{_CODES})\b)"
"""Pattern of what may stand before an amount."""

BEHIND = rf"(?:(?:{_either(_WORDS)}|{_CODES}|(?<=\d)e)(?![a-z0-9])|\$(?:\s*us)?|[€£₫¥₹₩฿₱])"
"""Pattern of what may stand behind an amount."""

SCALE = rf"(?:{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?![a-z])"
"""Pattern of the units in which prices are counted."""

_FORMS: Mapping[str, tuple[str, ...]] = {
    "cu": ("củ",), "ty": ("tỷ", "tỉ"), "ti": ("tỷ", "tỉ"), "ngan": ("ngàn",), "do": ("đô",),
    "d": ("đ", "d"), "te": ("tệ",), "do la": ("đô la",), "rup": ("rúp",),
}  # fmt: skip


def currency_of(written: str, reading: Reading, span: Span) -> str | None:
    """Return the code of a currency's sign, name or code; None for one that we cannot convert.

    Args:
        written: the sign or word in folded text.
        reading: the message.
        span: where it stands there.
    """
    word = written.strip()
    forms = _FORMS.get(word)
    if forms and not reading.written((span[0], span[0] + len(word)), *forms):
        return None
    code = _SIGNS.get(word) or _named(word) or word
    try:
        return known_currency(code)
    except ValueError:
        return None


def _named(word: str) -> str | None:
    if word.startswith("$"):
        return "USD"
    if word == "e":
        return "EUR"
    for pattern, code in _WORDS.items():
        if re.fullmatch(pattern, word):
            return code
    return None


def is_scale(written: str, reading: Reading, span: Span) -> bool:
    """Tell whether a word is a unit of prices: "củ" is one, the "cụ" of "cụ thể" is not.

    Args:
        written: the word in folded text.
        reading: the message.
        span: where it stands there.
    """
    forms = _FORMS.get(written)
    if forms is None:
        return True
    exact = not (written == "cu" and reading.plain.startswith("cu the", span[0]))
    return exact and reading.written(span, *forms)


def currency_counted_in(scale: str) -> str:
    """Return the code of the currency whose amounts are counted in this unit, if none is named."""
    return _COUNTED_IN.get(scale, "VND")


def scale_of(written: str) -> float:
    """Return the factor of a unit such as ``triệu`` or ``k``."""
    return _SCALES[written]
