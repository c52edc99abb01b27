"""What a question about a tour asks for."""

import re

from conversation.understanding.schemas import Topic

_TOPICS: tuple[tuple[Topic, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(pattern))
    for topic, pattern in (
        (
            Topic.POLICY,
            (
                r"\b(?:cancel\w*|refund\w*|polic(?:y|ies)|reschedul\w*|change (?:the |my )?dates?"
                r"|money back|no.?show|if (?:it|we|i) (?:rains?|cancel\w*|am ill|get sick)|deposit"
                r"|minimum age|age limit|terms|huy|hoan (?:tien|huy|lai)|chinh sach|doi (?:ngay"
                r"|lich)"
                r"|dat coc|dieu kien|do tuoi|bao nhieu tuoi|phu thu|giay phep)\b"
            ),
        ),
        (
            Topic.FOOD,
            (
                r"\b(?:food|meals?|breakfast|lunch|dinner|eat|drinks?|vegan|vegetarian|halal"
                r"|allerg\w*"
                r"|buffet|restaurants?|an (?:sang|trua|toi|uong|gi|chay|kieng)|do an"
                r"|bua (?:an|sang|trua|toi)?|mon|di ung|nuoc uong)\b"
            ),
        ),
        (
            Topic.TRANSPORTATION,
            (
                r"\b(?:pick ?-?(?:ed )?up|drop ?-?off|transfers?|transport(?:ation)?|bus|car"
                r"|train|boat"
                r"|flights?|fly|planes?|airport|driv(?:e|er|ing)|motorbikes?|vehicles?|ship|shuttle"
                r"|get (?:there|to)|don (?:o|tan|khach|tai|minh|tui|em|khong)|dua don|xe|tau"
                r"|may bay|bay|san bay|di bang|di lai|tra khach|diem don)\b"
            ),
        ),
        (
            Topic.ACCOMMODATION,
            (
                r"\b(?:hotels?|rooms?|sleep|stay(?:ing)?|overnight|accommodation|pool|homestay"
                r"|resort"
                r"|hostel|wifi|towels?|khach san|phong|ngu|nghi o|o dau dem|ho boi|cho o|luu tru"
                r"|may sao|khan tam)\b"
            ),
        ),
        (
            Topic.DATES,
            (
                r"\b(?:when|which days?|what days?|dates?|available|availability|depart(?:s"
                r"|ure)?|leave"
                r"|start(?:s)?(?! (?:from|point))|what time|places left|seats left|spots?|khi nao"
                r"|ngay nao|may gio|con cho|khoi hanh|lich khoi hanh|gio di|mua nao|thang may)\b"
            ),
        ),
        (
            Topic.BUDGET,
            (
                r"\b(?:how much|price[sd]?|costs?|fees?|expensive|discounts?|per person|supplement"
                r"|tips?|tipping|bao nhieu(?: tien)?$|bao nhieu tien|gia(?! dinh)|phi|tien|giam gia"
                r"|khuyen mai|re|mac)\b"
            ),
        ),
        (
            Topic.DURATION,
            (
                r"\b(?:how long|how many (?:days|hours|nights)|duration|length|bao lau|may ngay"
                r"|bao nhieu ngay|may tieng|keo dai)\b"
            ),
        ),
        (
            Topic.ACTIVITIES,
            (
                r"\b(?:do there|activit(?:y|ies)|visit|see|hik\w*|walk(?:ing)?|swim(?:ming)?"
                r"|difficult"
                r"|hard|fit|easy|included|include[sd]?|entrance|tickets?|guides?"
                r"|choi gi|tham quan|di bo|tam|leo|hoat dong|kho khong|bao gom|gom|ve tham quan"
                r"|huong dan vien)\b"
            ),
        ),
        (
            Topic.LOCATION,
            (
                r"\b(?:where|how far|distance|meeting point|address|far|near|o dau|bao xa|cach"
                r"|dia chi"
                r"|diem hen|ghe|di qua|di dau)\b"
            ),
        ),
    )
)


def find_topic(plain: str) -> Topic | None:
    """Return what a folded question asks for; None where that is not clear."""
    return next((topic for topic, pattern in _TOPICS if pattern.search(plain)), None)
