"""In which language an operator writes."""

import functools
import re
import threading

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_LOOKED_AT = 3_000
_FEWEST_LETTERS = 3
_SURE = 0.6
_CODES = (
    "ar bg bn cs da de el en es et fi fr he hi hr hu id it ja km ko lo lt lv ms my ne nl no pl pt"
    " ro ru sk sl sr sv ta th tr uk ur vi zh"
)
_LANGUAGES = frozenset(_CODES.split())
_BARE_VIETNAMESE = re.compile(
    r"\b(?:du lich|khach san|tham quan|an (?:sang|trua|toi|chieu)|bua (?:sang|trua|toi)|may bay"
    r"|huong dan|quy khach|khoi hanh|mien phi|bao gom|nghi duong|kham pha|trai nghiem|xe (?:du|dua)"
    r"|tron goi|du thuyen|\d+ ?(?:ngay|dem)|ngay \d+|bien dao|mua (?:he|thu|xuan|dong)|hang ngay"
    r"|phong doi|tet|don khach|[2-9]n[1-8]d"
    r"|gia (?:re|tour)|mien (?:bac|nam|trung|tay)|chuong trinh|lich trinh)\b"
)
"""Phrases of tours in Vietnamese typed without diacritics, which no other language has."""

_ENGLISH = re.compile(r"\b(?:the|of|and|with|from|by|for|your|is|are|at|on|you|will)\b")
_NAMES = re.compile(r"\b[A-ZÀ-ỸĐ]\w*[^\x00-\x7f]\w*")

_LOCK = threading.Lock()


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of *text*; None where that is not sure.

    A name or two ("Sapa") tell no language. Vietnamese is told without its diacritics too.
    """
    text = " ".join(text[:_LOOKED_AT].split())
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        return None
    if text.isascii() and len(set(_BARE_VIETNAMESE.findall(text.lower()))) > 1:
        return "vi"
    language, confidence = _classified(text)
    if language == "vi" and len(_ENGLISH.findall(text)) > 1:
        # "Tour of Hội An and Mỹ Sơn" is English: only its names are not
        language, confidence = _classified(_NAMES.sub("", text))
    return language if confidence >= _SURE else None


def _classified(text: str) -> tuple[str, float]:
    with _LOCK:  # the model is loaded once
        identifier = _identifier()
    language, confidence = identifier.classify(text)
    return str(language), float(confidence)
