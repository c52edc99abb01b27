"""The words around an amount: whom it is for, what it is for, and what stands for no amount."""

import re
from dataclasses import dataclass
from typing import Literal

from core.text import fold

_FREE = re.compile(
    r"(?:(?:for|it'?s|totally|completely|hoan toan|tour|price|gia)[\s:]*)*(?:free|free of charge"
    r"|no charge|complimentary|mien phi|khong dong|gratis|kostenlos|kostenfrei|gratuit|gratuito"
    r"|tips?[- ]based|pay what you (?:want|wish|like)|by donation|gratuita|ฟร|免费|免費"
    r"|無料|무료|бесплатно|darmowe|za darmo|zdarma)"
    r"(?:[\s(]+(?:walking|city|guided|tips?|based|tour|entry|entrance|admission|ve|tham quan"
    r"|of charge|ทวร))*\W*"
)
_CALL = re.compile(
    r"\b(?:lien he|goi|hotline|zalo|call|contact|(?:on|upon|by|price) request|request|ask|inbox"
    r"|enquir(?:e|y|ies)|inquir(?:e|y|ies)|poa|p\.o\.a|on application|to be \w+|not \w+|unknown"
    r"|none|sold out|fully booked|het (?:cho|tour|phong|ve)|unavailable|cap nhat|thoa thuan"
    r"|bao gia|dat tour|chi tiet|auf anfrage|anfrage|sur demande|nous consulter|consultar|consulte"
    r"|bajo peticion|su richiesta|sob consulta|hubungi|op aanvraag|na zapytanie|varies|variable"
    r"|coming soon|soon|sap ra mat|quote|tuy chon|theo yeu cau|talep uzerine|sorunuz|tel|sdt)\b"
    r"|สอบถาม|ตดตอ|询价|面议|電洽|联系|문의|問い合わせ|応談|запрос"
)
_ASIDE = re.compile(
    r"\b(?:child(?:ren)?|kids?|infants?|toddlers?|bab(?:y|ies)|youths?|teens?|seniors?|students?"
    r"|tre em|tre nho|em be|tre|kind(?:er)?|enfants?|bebes?|ninos?|ninas?|bambin[oi]|anak|deposit"
    r"|dat coc|coc|sav(?:e|es|ings?)|discount|rebate|cashback|off|giam|tiet kiem|uu dai|surcharge"
    r"|phu thu|phu phi|supplement|single room|tips?|tax(?:es)?|vat|fees?|thue|phi dich vu|visa"
    r"|insurance|bao hiem|was|rrp|old price|full price|gia goc|gia cu|niem yet|instead of|statt"
    r"|au lieu|usual(?:ly)?|normal(?:ly)?|regular|original(?:ly)?|list price|market price|value"
    r"|emi|per month|a month|/ ?month|monthly|tre hon|uvp|worth|reg)\b|เดก|儿童|子供|小人|アン"
)
_SMALL = r"(?:the |an? |1 |one |whole |entire |private |full |ca |moi |mot |il |le |la |el |un )*"
_FOR = r"(?:/|\b(?:per|for|each|moi|cho|pro|par|por|pour|fur|para|je|a|gia)\b)"
_ONE = re.compile(
    r"\bp ?\. ?p\b|\bpp(?:s|pn)?\b|\bp/p\b|\beach\b(?! (?:group|way))"
    rf"|{_FOR} ?{_SMALL}(?:person|pers|pax|head|adult"
    r"|traveller|traveler|guest|passenger|customer|individual|people|persona|personne|pessoa"
    r"|persoon|kopf|erwachsene[rn]?|nguoi lon|nguoi|khach|ng|nl|orang|org|osob[ayeu]|os"
    r"|adulte|adulto|kisi|человека?|чел|คน|ทาน|人|位|名|명|인)\b"
    r"|每人|每位|お一人|1名様?|1인|人均|คนละ|ตอคน|(?:/|1) ?(?:คน|ทาน|人|位|名|명|인)"
)
_UP_TO = (
    r"(?:of|up to|max\.?|maximum|toi da|tu|gom|den|bis(?: zu)?|jusqu'a|hasta|<=?|≤|from|\(|:|,)"
)
_COUNT = r"(?P<low>\d{1,3})(?: ?(?:-|to|den|toi) ?(?P<high>\d{1,3}))?"
_HEADS = (
    r"(?:people|persons?|pers|pax|adults?|guests?|travell?ers?|passengers?|nguoi lon|nguoi|khach|ng"
    r"|personen|personnes|personas|pessoas|persone|orang|osob|kisi|人|名|คน|명)"
)
_GROUP = re.compile(
    rf"(?:{_FOR} ?{_SMALL}(?P<what>group|nhom|doan|party|gruppe|groupe|grupo|gruppo|couple|cap"
    rf"|cap doi|family|gia dinh|vehicle|car|van|minivan|minibus|xe|jeep|boat|yacht|thuyen|ghe"
    rf"|booking|private tour|charter)\b|\bgroup price\b|\bgia (?:ca )?(?:nhom|doan)\b)"
    rf"(?:[\s,]*{_UP_TO})*\s*(?:{_COUNT})?"
)
_SO_MANY = re.compile(
    rf"{_FOR} ?(?:up to |toi da |a group of |group of |nhom |doan )*{_COUNT} ?(?:{_HEADS}\b|$)"
)
_TWO = frozenset(("couple", "cap", "cap doi"))


@dataclass(frozen=True, slots=True)
class Per:
    """Whom a price is for; `people` is None for one person, or where a group's size is unknown."""

    per: Literal["person", "group"]
    people: int | None = None


_PERSON = Per("person")


def is_free(lower: str) -> bool:
    """Tell whether a text says that nothing is to be paid."""
    return _FREE.fullmatch(fold(lower)) is not None


def asks_to_call(lower: str) -> bool:
    """Tell whether a text gives no price but tells whom to ask, or that there is none."""
    return _CALL.search(fold(lower)) is not None


def is_aside(label: str) -> bool:
    """Tell whether an amount with these words is not what one adult pays for the tour."""
    return _ASIDE.search(fold(label)) is not None


def per_whom(label: str) -> Per | None:
    """Return whom an amount with these words is for; None where they do not say."""
    folded = fold(label)
    if _ONE.search(folded):
        return _PERSON
    if group := _GROUP.search(folded):
        people = 2 if group["what"] in _TWO else None
        return Per("group", _most(group) or people)
    if some := _SO_MANY.search(folded):
        people = _most(some)
        return _PERSON if people == 1 else Per("group", people)
    return None


def _most(match: re.Match[str]) -> int | None:
    """Return the largest number of people: "2-4" pay the least each when they are four."""
    count = match["high"] or match["low"]
    return int(count) if count else None
