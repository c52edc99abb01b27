"""Numbers as people write them: 1.500.000, 1,500.50, "two hundred", "mười lăm"."""

import re

_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1_000}
_VIETNAMESE = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9,
}  # fmt: skip
_VIETNAMESE_SCALES = {"muoi": 10, "tram": 100}

_PARTS = {"half": 0.5, "half a": 0.5, "half an": 0.5, "nua": 0.5, "a": 1.0, "an": 1.0}
"""What stands before "million" and is a number nowhere else."""

_EN = "|".join([*_ENGLISH, *_ENGLISH_SCALES])
_VI = "|".join([*_VIETNAMESE, *_VIETNAMESE_SCALES])
DIGITS = r"\d{1,13}(?:[.,]\d{1,3}){0,4}"
ENGLISH_WORDS = rf"(?:an? )?(?:{_EN})(?:[ -](?:and )?(?:{_EN})){{0,5}}"
VIETNAMESE_WORDS = rf"(?:{_VI})(?: (?:{_VI})){{0,5}}"
_LARGE = r"(?= (?:million|mil|trieu|cu|ty|ti)\b)"
_PART_WORDS = rf"(?:half(?: an?)?|nua){_LARGE}|an?{_LARGE}"
NUMBER = rf"(?:{DIGITS}|\b(?:{_PART_WORDS})|\b(?:{ENGLISH_WORDS})\b|\b(?:{VIETNAMESE_WORDS})\b)"
"""Pattern of a number in folded text, in digits or words."""

VIETNAMESE_FORMS = (
    "một", "mốt", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín",
    "mười", "mươi", "trăm",
)  # fmt: skip
"""The number words with their diacritics, to tell "năm" (five) from "nam" (south)."""

_LARGEST = 1e12


def is_vietnamese(word: str) -> bool:
    """Tell whether a folded word is a Vietnamese number word."""
    return word in _VIETNAMESE or word in _VIETNAMESE_SCALES


def value(written: str) -> float | None:
    """Return the number that folded text writes; None where it is none or absurdly large."""
    if written[:1].isdecimal():
        number = _from_digits(written)
    elif written in _PARTS:
        return _PARTS[written]
    else:
        words = written.replace("-", " ").split()
        vietnamese = all(map(is_vietnamese, words))
        number = _from_vietnamese(words) if vietnamese else _from_english(words)
    return number if number <= _LARGEST else None


def _from_digits(written: str) -> float:
    separators = [char for char in written if char in ".,"]
    last = re.split(r"[.,]", written)[-1]
    grouping = len(separators) != len(set(separators)) or len(last) == 3
    if not separators:
        return float(written)
    if grouping and (len(set(separators)) == 1 or len(last) == 3):
        return float(re.sub(r"[.,]", "", written))
    whole, decimals = re.sub(r"[.,](?=.*[.,])", "", written).replace(",", ".").split(".")
    return float(f"{whole}.{decimals}")


def _from_english(words: list[str]) -> float:
    total, group = 0, 0
    for word in words:
        if word in _ENGLISH:
            group += _ENGLISH[word]
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word == "thousand":
            total, group = total + max(group, 1) * 1_000, 0
    return float(total + group)


def _from_vietnamese(words: list[str]) -> float:
    total, digit = 0, 0
    for word in words:
        if word in _VIETNAMESE_SCALES:
            total, digit = total + max(digit, 1) * _VIETNAMESE_SCALES[word], 0
        else:
            digit = _VIETNAMESE[word]
    return float(total + digit)
