"""Words that surround place names, and words that only look like them."""

import functools
from pathlib import Path

from core.errors import ConfigurationError
from core.places.schemas import PlaceKind

WORDS_FILE = Path(__file__).parent / "data" / "ordinary_words.tsv"

_COUNTRY, _REGION, _PROVINCE = PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.PROVINCE
_CITY, _SITE = PlaceKind.CITY, PlaceKind.SITE


def _phrases(words: dict[PlaceKind | None, str]) -> dict[tuple[str, ...], PlaceKind | None]:
    return {
        tuple(phrase.split()): kind for kind, line in words.items() for phrase in line.split("|")
    }


GENERIC_BEFORE = _phrases(
    {
        _COUNTRY: "nuoc|dat nuoc|republic of|the republic of|kingdom of|the kingdom of",
        _PROVINCE: "tinh|province of|the province of|state of|the state of|bang|tieu bang",
        _CITY: "thanh pho|tp|tx|thi xa|thi tran|city of|the city of|town of|the town of|pho co"
        "|do thi co|co do|pho|thu do|khu pho co|trung tam|downtown|central|kota",
        _SITE: "vinh|dao|quan dao|hon dao|hon|bai|bai bien|bien|nui|dinh|dinh nui|ho|song|deo|thac"
        "|thac nuoc|hang|hang dong|dong|vuon quoc gia|vqg|chua|den|ban|ban lang|lang|lang co"
        "|lang nghe|lang chai|thon|cao nguyen|cao nguyen da|ruong bac thang|khu du lich|kdl"
        "|khu bao ton|khu bao ton thien nhien|khu sinh thai|bay of|gulf of|island of|isle of|mount"
        "|mt|lake|river|pulau|ko|koh|ile de|thung lung|dam|cua khau|cua|khu|pho nui|cong vien"
        "|the island of|cave of|temple of",
        _REGION: "vung|mien|khu vuc|region of",
        None: "huyen|quan|xa|phuong|huyen dao|the|old|greater|du lich|tour|mui|rung|near|around",
    }
)

GENERIC_AFTER = _phrases(
    {
        _COUNTRY: "republic|kingdom",
        _PROVINCE: "province|state|provinces",
        _CITY: "city|town|downtown|old town|ancient town|old quarter|old city|city center|township"
        "|city centre|municipality|imperial city|center|centre|shi",
        _SITE: "bay|island|islands|isle|archipelago|beach|beaches|national park|np|park|mountain"
        "|mountains|mount|hill|hills|valley|pass|lagoon|lake|river|peninsula|cave|caves|waterfall"
        "|waterfalls|falls|temple|temples|pagoda|nature reserve|rice terraces|rice fields|terraces"
        "|plateau|karst plateau|geopark|gulf|cape|desert|canyon|ruins|citadel|sanctuary|biosphere"
        " reserve|floating market|highlands|village|villages|delta",
        _REGION: "region|area|countryside|loop|coast|riviera",
        None: "district|commune|ward|vietnam|viet nam|airport|cruise|tour|tours|trip",
    }
)

_PLACE_CUES = """
    in to around near from at visit visiting visited via towards toward explore exploring see
    between outside across through leaving beyond discover reach
    o toi den di quanh gan tu ve ra vao tham qua sang ghe len xuong cach lich tour
"""  # the third line is Vietnamese as folded; "lich" ends "du lịch"
PLACE_CUES = frozenset(_PLACE_CUES.split())

_THOUGHT = frozenset(("think", "thinking", "thought", "dream", "dreaming", "dreamt", "dreamed"))
THOUGHTS = {
    "": frozenset(("consider", "considering", "considered", "fancy", "fancying")),
    "of": _THOUGHT,
    "about": _THOUGHT,
    "on": frozenset(("plan", "planning", "set")),
}
"""What shows that a place follows, by the small word between: "thinking of", "considering"."""

_ARTICLES = """
    a an the this that these those of its his her my your our their every each some any no
    mot cai con cac nhung
"""
ARTICLES = frozenset(_ARTICLES.split())


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Return the keys of the words and phrases that are places only in the right company.

    Raises:
        ConfigurationError: the file is missing.
    """
    return frozenset(_words("ordinary"))


@functools.cache
def cued_names() -> frozenset[str]:
    """Return the keys of the names that stand for the place even in small letters, given a cue.

    Raises:
        ConfigurationError: the file is missing.
    """
    return frozenset(_words("cued"))


@functools.cache
def is_ordinary(word: str) -> bool:
    """Tell whether a word, as a key, is one that people use every day.

    Raises:
        ConfigurationError: the file is missing.
    """
    return word in ordinary_words() or word in cued_names() or word in _everyday_words()


@functools.cache
def _everyday_words() -> frozenset[str]:
    return frozenset(_words("everyday"))


def _words(column: str) -> list[str]:
    try:
        lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"cannot read the gazetteer {WORDS_FILE.name}: {error}") from error
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [word for kind, words in pairs if kind == column for word in words.split()]
