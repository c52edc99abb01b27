"""Where the traveller wants to go, and where not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from conversation.understanding import cues
from conversation.understanding.dates import says_when
from conversation.understanding.reading import Reading
from core.places.schemas import Mention, Place, PlaceKind
from core.places.service import gazetteer

MOST_PLACES = 50
_REACH = 60  # characters before a place in which its role is looked for

_ARTICLES = r"(?:(?:to|the|in|at|around|near|di|den|toi|ra|vao|o|tai|thanh pho|tp\.?|city of)\s+)*"
_REFUSAL = re.compile(
    r"(?:\b(?:not(?! (?:only|just))|except(?:ing)?(?: for)?|without|exclud(?:e|ing)|avoid(?:ing)?"
    r"|skip(?:ping)?|no|never|scrap|ditch|scratch|cancel|forget(?: about)?|other than|apart from"
    r"|anywhere but|instead of|rather than|drop|remove|leave out"
    r"|don'?t (?:want|like|wanna|need)(?: (?:to )?(?:go|visit|see|travel|stay))?"
    r"|(?:been|visited|seen|went|gone)(?: to)?"
    r"|(?:khong|ko|k|hong|dau) phai(?: la| di| o)?|tru|ngoai tru|tru ra|loai tru|tranh"
    r"|khong (?:muon |thich |can |phai )?(?:di|den|ghe|toi|qua|o|tham"
    r"|lay|thich)?|ko (?:muon )?(?:di|den|ghe|thich)?"
    r"|(?<!di )(?<!tan )(?<!dao )(?<!duong )(?<!toan )(?<!noi )bo(?: qua)?|thay vi|thay cho"
    r"|da (?:di|den|toi)"
    r"|tung (?:di|den|toi)|dung (?:di|den)?|bot|gach|huy|loai|khoi (?:di|den))\s+)"
    + _ARTICLES
    + r"$"
)
_ORIGIN = re.compile(
    r"(?:\b(?:(?:fly(?:ing)? |flight |bay |di |khoi hanh |xuat phat )?(?:from|tu)|departing"
    r"|departure:?|depart|leaving|leave|fly(?:ing)? out of|based in|liv(?:e|ing) in"
    r"|(?:my )?name(?: is|'s)|i am|i'?m|ten (?:minh |toi |em )?la"
    r"|i am in|i'?m in|we are in|we'?re in|currently in|starting (?:in|at|point:?)|start (?:in|at)"
    r"|picked up (?:in|at)|pick-?up (?:in|at)|back to|return(?:ing)? to|xuat phat|khoi hanh"
    r"|don khach|don"
    r"|quay (?:ve|lai)|ve lai|tro (?:ve|lai)|song o|minh o|dang o|em o|nha o)\s+)"
    + _ARTICLES
    + r"$"
)
_REPLACED = re.compile(
    r"\b(?:thay|doi|swap|replace|change|switch)\s+(?:from\s+)?" + _ARTICLES + "$"
)
_BY = re.compile(r"\s*(?:bang|sang|thanh|qua|for|with|to|by)\b")
_ARRIVAL = re.compile(
    r"\b(?:land(?:ing)?|arriv(?:e|es|ing)|touch(?:ing)? down|ha canh|dap xuong)\s+"
    r"(?:in|at|o|tai|xuong)?\s*" + _ARTICLES + r"$"
)
_OF_A_COUNTRY = re.compile(
    r"[ -]?(?:dollars?|bucks|pounds?|francs?|dong|yen|rupees?|passports?|citizens?|nationals?"
    r"|speak(?:er|ing)s?|embassy|sim\b)"
)
"""Behind a country's name, what makes it no place to go to: its money, its people, its language."""
_WHOLE_COUNTRY = re.compile(r"\bxuyen viet\b|\bdoc (?:chieu dai )?dat nuoc\b")
_ITS_NAME = "Việt Nam"
_LIST = re.compile(r"\s*(?:,?\s*(?:or|and|nor|&|/|va|hoac|hay|lan)(?!\w))\s*" + _ARTICLES)
_REFUSED_BEHIND = re.compile(
    r"\s*(?:(?:thi |la )(?:thoi|khong)(?: di)?(?=\s*(?:[,.;!]|$))"
    r"|(?:minh |toi |em )?di (?:hoai |nhieu |het )?roi\b"
    r"|is out\b|(?:is|are|seems?|looks?|sounds?) (?:way |much |a bit )?too"
    r" (?:far|hot|cold|crowded|touristy|rainy|wet|busy)\b"
    r"|(?:thi |o |no )?(?:xa|dong|nong|lanh|mua|on) qua\b"
    r"|(?:is|are)(?: not|n't) (?:needed|wanted|interesting))"
)
_BOTH = re.compile(r"\s*(?:and|&|va|plus)\s+" + _ARTICLES)
_INSIDE = re.compile(r"\s*(?:,|\(|-|in|of|o|tai|thuoc|cua)?\s*" + _ARTICLES)


class Role(StrEnum):
    """What a place is in a message."""

    WISHED = "wished"
    EXCLUDED = "excluded"
    ORIGIN = "origin"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a message by role, each once, in its order.

    Attributes:
        wished: where to go.
        excluded: where not to go.
        spans: where places stand in the message, whatever their role.
    """

    wished: tuple[Place, ...]
    excluded: tuple[Place, ...]
    spans: tuple[tuple[int, int], ...]


def find_places(reading: Reading) -> Places:
    """Return the places that a message names."""
    found = gazetteer().mentions(_calm(reading.text), of_a_wish=_tells_a_wish(reading))
    mentions = [each for each in found if not _OF_A_COUNTRY.match(reading.plain, each.end)]
    roles = _roles(reading.plain, mentions)
    wished = _without_containers(_wished(mentions, roles), reading.plain)
    excluded = [
        mention.place
        for mention, role in zip(mentions, roles, strict=True)
        if role is Role.EXCLUDED
    ]
    refused = {place.id for place in excluded}
    goals = [mention.place for mention in wished if mention.place.id not in refused]
    return Places(
        _once(goals or _across(reading.plain)),
        _once(excluded),
        tuple(_span(reading.plain, mention) for mention in mentions),
    )


def _tells_a_wish(reading: Reading) -> bool:
    """Tell whether a message is one in which a place to travel to is expected."""
    return says_when(reading) or any(
        cue.search(reading.plain)
        for cue in (cues.TRIP_LENGTH, cues.FIND_TOUR_VERB, cues.WANTS_TO_GO)
    )


def _calm(text: str) -> str:
    """Return a text that is all in capitals in small letters: its case tells no names."""
    lower = text.lower()
    return lower if text.isupper() and len(lower) == len(text) else text


def _roles(plain: str, mentions: Sequence[Mention]) -> list[Role]:
    roles: list[Role] = []
    for index, mention in enumerate(mentions):
        role = _role(plain, mention)
        if role is None and roles and _continues(plain, mentions[index - 1], mention, roles[-1]):
            role = roles[-1]
        roles.append(role or Role.WISHED)
    return roles


def _role(plain: str, mention: Mention) -> Role | None:
    before = plain[max(0, mention.start - _REACH) : mention.start]
    if _REPLACED.search(before) and _BY.match(plain, mention.end):
        return Role.EXCLUDED
    if _REFUSAL.search(before) or _REFUSED_BEHIND.match(plain, mention.end):
        return Role.EXCLUDED
    if _ARRIVAL.search(before):
        return Role.ARRIVAL
    return Role.ORIGIN if _ORIGIN.search(before) else None


def _wished(mentions: Sequence[Mention], roles: Sequence[Role]) -> list[Mention]:
    """Return where to go; where one only arrives counts if nothing else is named."""
    for role in (Role.WISHED, Role.ARRIVAL):
        found = [mention for mention, its in zip(mentions, roles, strict=True) if its is role]
        if found:
            return found
    return []


def _across(plain: str) -> list[Place]:
    """Return the country that a journey through its whole length is in, if one is meant."""
    country = gazetteer().find(_ITS_NAME) if _WHOLE_COUNTRY.search(plain) else None
    return [country] if country else []


def _span(plain: str, mention: Mention) -> tuple[int, int]:
    """Return where a place stands, with the words that make it an origin ("fly from Hanoi")."""
    origin = _ORIGIN.search(plain[max(0, mention.start - _REACH) : mention.start])
    return mention.start - len(origin.group() if origin else ""), mention.end


def _continues(plain: str, before: Mention, mention: Mention, role: Role) -> bool:
    """Tell whether a place goes on the list of the one before: "not Hanoi or Hue"."""
    return role not in {Role.WISHED, Role.ARRIVAL} and bool(
        _LIST.fullmatch(plain[before.end : mention.start])
    )


def _without_containers(mentions: Sequence[Mention], plain: str) -> list[Mention]:
    """Drop what only says where another place lies: "Hạ Long, Vietnam", "Ella in Sri Lanka"."""
    return [
        mention
        for mention in mentions
        if not any(_says_where(mention, other, plain) for other in mentions if other is not mention)
    ]


def _says_where(outer: Mention, inner: Mention, plain: str) -> bool:
    if outer.place.id == inner.place.id or not gazetteer().contains(outer.place, inner.place):
        return False
    if outer.place.kind is PlaceKind.COUNTRY:
        first, second = sorted((outer, inner), key=lambda mention: mention.start)
        return _BOTH.fullmatch(plain[first.end : second.start]) is None
    behind = outer.start >= inner.end
    return behind and _INSIDE.fullmatch(plain[inner.end : outer.start]) is not None


def _once(places: Sequence[Place]) -> tuple[Place, ...]:
    return tuple({place.id: place for place in places}.values())[:MOST_PLACES]
