"""The signs, codes and words of currencies in prices, and the units in which they are counted."""

import functools
import re
from collections.abc import Collection, Mapping

from babel.numbers import list_currencies

from core.money import known_currency

_SIGNS: Mapping[str, str] = {
    "USD": "us$|us $|usd$|$us|u$s|u$d|us dollars|us dollar|đô la mỹ|đô la|đô|do la|dólares|dollari"
    "|美元|美金|달러|ドル",
    "AUD": "a$|au$|aud$|aus$|$a|$au|australian dollars|australian dollar",
    "NZD": "nz$|nzd$|$nz|new zealand dollars",
    "CAD": "c$|ca$|can$|cad$|$ca|$can|canadian dollars|canadian dollar",
    "SGD": "s$|sg$|sgd$|singapore dollars|singapore dollar",
    "HKD": "hk$|hkd$|$hk|港币|港幣",
    "TWD": "nt$|ntd|ntd$|twd$|新台币|台币",
    "MXN": "mx$|mex$|mxn$|mexican pesos",
    "ARS": "ar$|ars$|$ar",
    "CLP": "clp$",
    "COP": "col$|cop$",
    "BRL": "r$|br$|reais",
    "MOP": "mop$|pataca|patacas",
    "BND": "b$|bnd$",
    "EUR": "€|euro|euros|евро|ευρώ|欧元|유로|ユーロ",
    "GBP": "£|₤|gb£|uk£|pound|pounds|pounds sterling|quid|英镑",
    "CHF": "sfr|fr.|franken|swiss francs|francs|stutz",
    "VND": "₫|đ|d|vnđ|vn₫|đồng|dong|dongs|việt nam đồng|viet nam dong|vietnam dong|vietnamese dong"
    "|vnđồng|đvn",
    "JPY": "円|yen|jp¥|日元|日圆|엔",
    "CNY": "人民币|rmb|cn¥|yuan|tệ|nhân dân tệ|위안",
    "KRW": "₩|원|won|韩元",
    "THB": "฿|บาท|บ.|baht|bahts|bath|泰铢",
    "IDR": "rp|rupiah|rupiahs",
    "MYR": "rm|ringgit|ringgits|马币",
    "PHP": "₱|philippine pesos|philippine peso",
    "INR": "₹|रु|रु.|रुपये|indian rupees|/-",
    "LKR": "රු|slr|slrs",
    "NPR": "nrs|nepali rupees",
    "BDT": "৳|taka|tk",
    "LAK": "₭|kip|kips|ກີບ",
    "KHR": "៛|riel|riels",
    "MMK": "kyat|kyats|ကျပ်",
    "AED": "dhs|د.إ|درهم",
    "SAR": "ر.س|ريال|sr|﷼",
    "QAR": "qr|ر.ق",
    "ILS": '₪|nis|shekel|shekels|ש״ח|ש"ח',
    "TRY": "₺|tl|lira|türk lirası",
    "EGP": "e£|egp£|le|l.e|ج.م|egyptian pounds",
    "ZAR": "r|rand|rands",
    "KES": "ksh|kshs",
    "MAD": "dirham|dirhams|د.م",
    "RUB": "₽|руб|рублей|рубля|р.|rubles",
    "SEK": "kronor",
    "NOK": "nkr",
    "DKK": "dkr|kroner",
    "PLN": "zł|zl|złotych|zlotych|zloty",
    "CZK": "kč|kc|korun",
    "HUF": "ft|forint",
    "RON": "lei|leu",
    "ISK": "ikr|íkr",
    "PEN": "s/|s/.|soles",
}

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "BND", "MXN", "ARS", "CLP", "COP")
_PESOS = ("PHP", "MXN", "ARS", "CLP", "COP")
_SHARED: Mapping[str, tuple[str, Collection[str]]] = {
    "$": ("USD", _DOLLARS),
    "dollar": ("USD", _DOLLARS),
    "dollars": ("USD", _DOLLARS),
    "£": ("GBP", ("EGP",)),
    "¥": ("JPY", ("CNY",)),
    "元": ("CNY", ("TWD", "HKD", "MOP")),
    "rs": ("INR", ("LKR", "NPR")),
    "₨": ("INR", ("LKR", "NPR")),
    "rupee": ("INR", ("LKR", "NPR")),
    "rupees": ("INR", ("LKR", "NPR")),
    "/-": ("INR", ("LKR", "NPR", "BDT", "KES")),
    "dh": ("AED", ("MAD",)),
    "kr": ("", ("SEK", "NOK", "DKK", "ISK")),
    "peso": ("", _PESOS),
    "pesos": ("", _PESOS),
}
"""Signs of several currencies: what each means by itself, and which defaults it may mean.

One that means nothing by itself can only be read with such a default.
"""

_SCALES: Mapping[str, float] = {
    "triệu": 1e6, "trieu": 1e6, "tr": 1e6, "củ": 1e6, "million": 1e6, "millions": 1e6,
    "mio": 1e6, "mil": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "juta": 1e6, "jt": 1e6,
    "ล้าน": 1e6, "nghìn": 1e3, "nghin": 1e3, "ngàn": 1e3, "ngan": 1e3, "k": 1e3,
    "thousand": 1e3, "ribu": 1e3, "rb": 1e3, "tsd": 1e3, "tys": 1e3, "tis": 1e3, "тыс": 1e3,
    "พัน": 1e3, "千": 1e3, "천": 1e3, "tỷ": 1e9, "tỉ": 1e9, "lakh": 1e5, "lakhs": 1e5,
    "lac": 1e5, "lacs": 1e5, "crore": 1e7, "crores": 1e7,
    "cr": 1e7, "万": 1e4, "萬": 1e4, "만": 1e4,
}  # fmt: skip
_COUNTED_IN: Mapping[str, str] = {
    **dict.fromkeys(("triệu", "trieu", "tr", "củ", "nghìn", "nghin", "ngàn", "ngan"), "VND"),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "crore", "crores", "cr"), "INR"),
    **dict.fromkeys(("ribu", "rb", "juta", "jt"), "IDR"),
}
_THOUSANDS_IN: Mapping[str, Collection[str]] = {"mil": ("EUR", "BRL", "MXN", "COP", "ARS", "CLP")}
"""Units that mean a thousand in some languages: Spanish and Portuguese "mil"."""

_LETTER = r"[^\W\d_]"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]")


def _either(forms: Collection[str]) -> str:
    return "|".join(map(re.escape, sorted(set(forms), key=len, reverse=True)))


def _is_word(form: str) -> bool:
    """Tell whether a form must not stand within a word; some scripts write no blanks."""
    return form[0].isalpha() and form[-1].isalpha() and not _UNSPACED.match(form[-1])


def _convertible(code: str) -> bool:
    try:
        known_currency(code)
    except ValueError:
        return False
    return True


_ALL_CODES = frozenset(code.lower() for code in list_currencies())
_CODES = frozenset(code for code in _ALL_CODES if _convertible(code))
_WORD_CODES = "all top cup gel bam sos ang pab ttd ats ban"
_AS_WORDS = frozenset(_WORD_CODES.split())
"""Codes of currencies that we cannot convert, and that are ordinary words or names besides."""

_BY_SIGN: Mapping[str, str] = {
    **{code: code.upper() for code in _CODES},
    **{form: code for code, forms in _SIGNS.items() for form in forms.split("|")},
    **{f"{code.lower()}{blank}$": code for code in _DOLLARS for blank in ("", " ")},
    **{f"${blank}{code.lower()}": code for code in _DOLLARS for blank in ("", " ")},
}
_FORMS = {*_BY_SIGN, *_SHARED, *(_ALL_CODES - _AS_WORDS)}
_WORDS = {form for form in _FORMS if _is_word(form)}

CURRENCY = (
    rf"(?:(?<!{_LETTER})(?:{_either(_WORDS)})(?!{_LETTER}|\$)\.?|{_either(_FORMS - _WORDS)}"
    rf"|(?<!{_LETTER})[a-z]{{1,3}}\$|[\u20a0-\u20cf])"
)
"""Pattern of a currency's sign, name or code in lower-case text."""

_SCALE_WORDS = {scale for scale in _SCALES if _is_word(scale)}
SCALE = rf"(?:(?:{_either(_SCALE_WORDS)})(?!{_LETTER})\.?|{_either(set(_SCALES) - _SCALE_WORDS)})"
"""Pattern of a unit in which prices are counted, in lower-case text."""


def currency_of(written: str, default: str | None) -> str:
    """Return the code of a currency's sign, name or code.

    Args:
        written: what `CURRENCY` matches.
        default: code of the feed's own currency, which a sign such as "$" or "kr" may mean.

    Raises:
        ValueError: it is of a currency that we cannot convert, or of several.
    """
    for form in (written, written.removesuffix(".")):
        if form in _SHARED:
            alone, others = _SHARED[form]
            code = default if default in others else alone
            if not code:
                raise ValueError(f"{written!r} is used in several countries; name the currency")
            return code
        if form in _BY_SIGN:
            return _BY_SIGN[form]
    return known_currency(written)


@functools.cache
def is_specific(written: str) -> bool:
    """Tell whether a sign belongs to one currency alone."""
    return written.removesuffix(".") not in _SHARED


def scale_of(written: str, currency: str | None) -> float:
    """Return the factor of a unit such as "triệu" or "k"; that of "mil" is the currency's."""
    unit = written.removesuffix(".")
    return 1e3 if currency in _THOUSANDS_IN.get(unit, ()) else _SCALES[unit]


def currency_counted_in(written: str) -> str | None:
    """Return the code of the only currency counted in this unit; None where there are several."""
    return _COUNTED_IN.get(written.removesuffix("."))
