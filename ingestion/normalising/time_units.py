"""The units of time in the languages in which tours are sold, in folded text."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Unit(StrEnum):
    """A unit in which the length of a tour is stated."""

    YEARS = "years"
    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"
    NIGHTS = "nights"
    HOURS = "hours"
    MINUTES = "minutes"


DAYS_IN: Mapping[Unit, float] = {
    Unit.YEARS: 365,
    Unit.MONTHS: 30,
    Unit.WEEKS: 7,
    Unit.DAYS: 1,
    Unit.NIGHTS: 1,
    Unit.HOURS: 1 / 24,
    Unit.MINUTES: 1 / 1440,
}

_WORDS: Mapping[Unit, str] = {
    Unit.YEARS: r"years?|yrs?|nam|ans?|annees?|jahre?|anos?|ann[oi]|年|ป",
    Unit.MONTHS: r"months?|mths?|thang|mois|monate?n?|mes(?:es)?|mes[ei]|bulan|个月|ヶ月|か月|개월",
    Unit.WEEKS: r"weeks?|wks?|tuan|semaines?|wochen?|semanas?|settiman[ae]|weken|minggu|tydzien"
    r"|周|週間?|주일?|สปดาห|недел[яьи]",
    Unit.DAYS: r"days?|dy|d|ngay|hom|jours?|journees?|j|tage?n?|dias?|giorn[oi]|giornat[ae]|gg"
    r"|dagen|dag(?:ar|e)?|paiva[ay]?|paivaa|zile|zi|dzien|dni|den|dny|hari|gun|nap|天|日間?|일간?|วน|дн(?:еи|я|и)|день|ימים",
    Unit.NIGHTS: r"nights?|nites?|nts?|n|dem|nuits?|nuitees?|nachte?n?|noches?|nott[ei]|noites?"
    r"|natter|netter|malam|noc[ye]?|noclegi|gece|晚|夜|泊|박|คน|ноч(?:ь|и|еи)",
    Unit.HOURS: r"hours?|hrs?\.?|h|gio|tieng|heures?|stunden?|std\.?|horas?|ore|ora|uur|timmar"
    r"|timer|jam|godzin[ay]?|saat|小时|小時|時間|시간|ชวโมง|ชม|час(?:а|ов)?",
    Unit.MINUTES: r"minutes?|mins?\.?|phut|minuten?|minutos?|minut[ai]|menit|minut[ya]?|dakika"
    r"|分钟|分鐘|分間?|분|นาท|мин(?:ут[аы]?)?",
}
UNIT = "|".join(rf"(?P<{unit.value}>{words})" for unit, words in _WORDS.items())
"""Pattern of a unit; the group that matches is named after it."""

_HALF_DAY = (
    r"half(?:[- ]an?)?[- ]day|1/2[- ]day|nua ngay|(?:1|mot|nua) buoi|demi[- ]?journee|halbtag\w*"
    r"|halber tag|medio dia|mezza giornata|meio dia|halve dag|setengah hari|半日|半天|반나절"
    r"|ครงวน|halvdag\w*|pol dnia|полдня"
)
_ONE_DAY = (
    r"full[- ]?day|whole day|all[- ]day|day[- ]?(?:trip|tour|cruise|excursion)s?|single day"
    r"|ca ngay|tron ngay|nguyen ngay|trong ngay|mot ngay|ganztag\w*|tagesausflug"
    r"|journee (?:entiere|complete)"
    r"|dia (?:completo|entero)|giornata intera|dia inteiro|hele dag|sehari penuh|seharian"
    r"|全日|一日|1日|当天往返|日帰り|당일|종일|เตมวน|весь день"
)
FIXED: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(rf"(?<!\d)(?<!\d[- ])(?:{_HALF_DAY})"), 0.5),
    (re.compile(rf"(?<!\d)(?<!\d[- ])(?:{_ONE_DAY})"), 1.0),
    (re.compile(r"\A(?:buoi )?(?:sang|chieu|toi|morning|afternoon|evening)s?\Z"), 0.5),
    (re.compile(r"\bovernight\b|\bqua dem\b|\bweekend\b|\bcuoi tuan\b"), 2.0),
)
"""Lengths in words without a number, in days."""

NUMBER_WORDS: Mapping[str, str] = {
    "a": "1", "an": "1", "un": "1", "une": "1", "una": "1", "ein": "1", "eine": "1", "einen": "1",
    "deux": "2", "trois": "3", "zwei": "2", "drei": "3", "dos": "2", "tres": "3", "due": "2",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fourteen": "14",
    "fifteen": "15", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9", "muoi": "10",
}  # fmt: skip
"""Numbers in words, as far as they stand before a unit without being another word."""

SILENT = re.compile(
    r"\b(?:flexible|varies|variable|various|open|any|custom(?:i[sz]ed)?|private|tailor[- ]made"
    r"|on request|(?:lien|tuy|theo) \w+|linh hoat|contact|call|unlimited|multi-?day|self-?paced"
    r"|multiple|depends|nach absprache|variabel|variable)\b"
)
"""What tells that no length is stated."""
