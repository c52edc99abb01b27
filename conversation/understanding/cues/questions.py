"""Questions about travel."""

from conversation.understanding.cues.patterns import any_of

ASK = any_of(
    r"\?\s*$",
    (
        r"^\W*(?:is|are|do|does|did|can|could|will|would|what|when|which|who|how|where|why"
        r"|should|am|may)\b"
    ),
    (
        r"\b(?:khong|chua|the nao|bao nhieu|may gio|khi nao|o dau|bao lau|ra sao|nhu the nao"
        r"|sao|gi|nao|ha|chang)(?:\W+(?:a|vay|the|nhi|ban|em|shop|ad|oi))*\W*$"
    ),
    r"\b(?:may gio|bao nhieu|khi nao|bao lau|the nao|co bao gom|da bao gom|gom nhung gi|co can)\b",
)
STRONG_ASK = any_of(
    (
        r"^\W*(?:is (?:it|this|the)|are (?:the|they)|do (?:i|we) (?:need|have)|how (?:far"
        r"|long|much|cold"
        r"|hot|many|safe|is|are)|what (?:is|are|time|should)|what'?s|when (?:is|do|does|should)|why"
        r"|should (?:i|we)|does|may i)\b"
    ),
    r"\b(?:co phai|co can|phai mua|co duoc|co an toan|may gio|bao xa|bao lau)\b",
)
SHORT_TOPIC = any_of(
    (
        r"\b(?:how (?:much|long|far)|price|cost|fee|card|cash|money|distance|ticket|group"
        r"|rent|hire|bus)\b"
    ),
    r"\b(?:bao nhieu|bao lau|bao xa|gia|phi|ve|nhom|xe|tau)\b",
)
TRAVEL_TOPIC = any_of(
    r"\b(?:cold|hot|warm|snow\w*|crowded|lanh|nong|mua|dong khach)\b",
    (
        r"\b(?:includ(?:e[sd]?|ing)|breakfast|lunch|dinner|meals?|visa|passport|insurance|tips?"
        r"|tipping|weather|rain(?:y|ing)?|temperature|climate|season"
        r"|pick ?-?up|drop ?-?off|depart(?:ure|s)?|start(?:s)?|guides?|cancel\w*|refund\w*"
        r"|polic(?:y|ies)|price|cost|fee|discount|deposit|luggage|baggage|pack|wear"
        r"|flights?|airport|hotel|room|kids?|child(?:ren)?|safe|vaccin\w*|wifi|currency"
        r"|best time|itinerary"
        r"|tours?|trips?|vegetarian|available|availability|schedule"
        r"|english[ -]speaking|sim card|travel|minimum age)s?\b"
    ),
    (
        r"\b(?:bao gom|bua sang|an sang|bua trua|an uong|visa|ho chieu|bao hiem|tien tip"
        r"|thoi tiet|mua khong|mua nao|nhiet do|don khach|don o|don tan|khoi hanh"
        r"|huong dan vien|huy tour|huy|chinh sach|gia|phi|giam gia|dat coc|hanh ly|mang theo"
        r"|mac gi|ve may bay|san bay|xe|tau|khach san|phong|tre em|an toan|(?<!dau )tien"
        r"|thanh toan|cach|bao xa|bien|nhom|lich trinh|tour|ve|bao nhieu|bao lau|het cho"
        r"|con cho|mua thu|do tuoi|may gio|gio khoi hanh)\b"
    ),
)
