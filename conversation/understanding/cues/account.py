"""Messages about the traffic itself: stopping, pausing, schedules, data, language."""

import re

from conversation.understanding.cues.patterns import any_of
from conversation.understanding.schemas import Intent

_ME = r"(?:me|my|toi|minh|em|anh|chi|chung toi|us)"
_DATA = (
    r"(?:data|information|info|details|profile|account|history|du lieu|thong tin|ho so"
    r"|tai khoan|lich su)"
)

STOP = any_of(
    r"\b(?:please |pls )?(?:stop|quit) (?:messag|send|text|contact|spamm|bother|writ)\w*",
    r"\b(?:do not|don'?t|never) (?:message|text|contact|send|write|bother) (?:me|us)?\b.{0,20}"
    r"\b(?:again|anymore|any more|messages)\b",
    r"\bunsubscribe\b",
    r"\bopt (?:me )?out\b",
    r"\bdung (?:co )?(?:nhan|gui|lam phien)\b.{0,25}\bnua\b",
    r"\b(?:khong|ko) (?:muon )?nhan (?:tin|tin nhan|thong bao|quang cao)\b.{0,15}\bnua\b",
    r"\b(?:ngung|dung|cham dut) (?:han )?(?:viec )?(?:nhan tin|gui tin)\b",
    r"\btake me off\b",
)
START = any_of(
    r"\b(?:start|resume) (?:messag|send|text)\w*",
    r"\b(?:sign|opt) me (?:up|in)\b",
    r"\b(?:subscribe me|nhan tin lai cho|(?:mo|bat) lai (?:thong bao|tin nhan))\b",
)
PAUSE = any_of(
    r"\b(?:pause|snooze|mute)\b",
    (
        r"\b(?:don'?t|do not|no) (?:message|text|contact|send|write"
        r"|messages)\b.{0,30}\b(?:until|till|before|for|next)\b"
    ),
    r"\btam (?:dung|ngung|nghi|hoan)\b",
    r"^\W*(?:please |pls |can you )?(?:stop|quiet|no (?:more )?messages?|not now|hold on|silence)"
    r"(?: (?:it|this|them|everything|messages|messaging|texting|me))* (?:for|until|till)\b",
    r"^\W*(?:ngung|dung|im lang)(?: (?:lai|nhan|gui|tin|tin nhan))* (?:trong |den |toi )?"
    r"(?:khoang )?(?:\d|mot|hai|vai|may|het|tuan|thang)",
    r"\bdung (?:nhan|gui)\b.{0,30}\b(?:den|toi|trong) (?:thang|tuan|\d)",
    r"\b(?:take|need) a break from (?:messages|this)\b",
)
DELETE_DATA = any_of(
    rf"\b(?:delete|erase|remove|wipe|clear|forget|destroy)\b.{{0,25}}\b(?:{_ME} {_DATA}"
    rf"|everything|all (?:you|of) "
    rf"|about me|{_DATA} (?:about|on|of) me|my)\b(?! (?:wish|search|filter))",
    rf"\b(?:xoa|huy bo)(?: (?:het|toan bo|tat ca|moi|giup))*\b.{{0,15}}\b{_DATA}\b",
    r"\bforget (?:me|about me)\b",
    r"\bright to be forgotten\b",
)
MY_DATA = any_of(
    r"\bwhat (?:do|did) you (?:know|have|store|save|keep|remember)\b.{0,20}\b(?:me|my)\b",
    rf"\b(?:what|which) {_DATA}\b.{{0,30}}\b(?:about|on|of) me\b",
    (
        rf"\b(?:show|export|download|send|see|view|get|give)\b.{{0,15}}\bmy (?:{_DATA}"
        rf"|preferences|interests|wishes)\b"
    ),
    rf"\b(?:copy of|access) my {_DATA}",
    r"\b(?:ban|bot|he thong|em|ben ban)\b.{0,12}\b(?:biet|luu|giu)\b.{0,20}\b(?:gi"
    r"|nhung gi)\b.{0,10}\b(?:ve|cua|tu) "
    r"(?:toi|minh|em|anh|chi)\b",
    (
        r"\b(?:xem|tai|xuat|gui)\b.{0,15}\b(?:du lieu|thong tin ca nhan|ho so|so thich"
        r"|thong tin)\b.{0,5}\bcua (?:toi|minh|em)\b"
    ),
)
SCHEDULE = any_of(
    r"\b(?:send|message|text|notify|remind|email|update|write|ping|alert)\b.{0,45}\b(?:every"
    r"|each|weekly|daily|monthly"
    r"|once a|twice a|per week)\b",
    r"^\W*(?:every|each|weekly|daily|monthly|once a|twice a|only on)\b(?!.*\btours?\b)",
    (
        r"\b(?:gui|nhan|nhac|thong bao|cap nhat|bao)\b.{0,40}\b(?:moi|hang|hang"
        r"|dinh ky) ?(?:ngay|tuan|thang|sang|toi|thu|chu nhat|cuoi tuan)\b"
    ),
    (
        r"\b(?:moi|hang) (?:tuan|thang|ngay|thu \w+|sang|cuoi tuan)\b.{0,30}\b(?:gui|nhan"
        r"|nhac|goi y)\b"
    ),
    r"^\W*(?:moi|hang) (?:tuan|thang|ngay|thu \w+)\W*(?:mot lan|1 lan)?\W*$",
    (
        r"\b(?:how often|less often|more often|fewer messages|it tin hon|bot nhan|notify me"
        r"|let me know when|bao (?:toi|minh|em) khi)\b"
    ),
)
LANGUAGE = any_of(
    r"\b(?:change|switch|set)\b.{0,20}\blanguages?\b",
    r"\b(?:switch|change|continue|speak|talk|reply|answer|write|respond|chat|use|prefer"
    r"|set)\b.{0,25}"
    r"\b(?P<a>english|vietnamese|language)\b(?![\s-]*(?:speaking|guide|tour))",
    r"\b(?:chuyen|doi|noi|tra loi|dung|nhan|viet|tu van"
    r"|su dung)\b(?: \w+){0,4} (?:tieng (?:viet|anh)|ngon ngu)\b"
    r"(?! (?:cho hdv|guide))",
    (
        r"\b(?:do you|can you|co) (?:speak|understand|noi|biet)\b.{0,12}\b(?:english"
        r"|vietnamese|tieng viet|tieng anh)\b"
    ),
    r"^\W*(?:in )?(?:english|vietnamese|tieng viet|tieng anh)\b.{0,12}$",
)

ANYWHERE: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (Intent.DELETE_DATA, DELETE_DATA),
    (Intent.MY_DATA, MY_DATA),
    (Intent.PAUSE, PAUSE),
    (Intent.STOP, STOP),
    (Intent.START, START),
    (Intent.SCHEDULE, SCHEDULE),
    (Intent.LANGUAGE, LANGUAGE),
)
"""Intents that one phrase settles, whatever else is said; tried in this order."""
