"""Wishes for tours or for a bed."""

from conversation.understanding.cues.patterns import any_of

_LODGING_NOUN = (
    r"(?:hotell?s?|hostels?|homestays?|resorts?|guest ?houses?|motels?|lodges?|lodging|villas?"
    r"|airbnb|bungalows?|accommodations?|accomodations?|(?:places?|somewhere) to (?:stay|sleep)"
    r"|rooms?|apart?e?ments?"
    r"|khach san[gn]?|nha nghi|nha tro|cho o|cho nghi|cho ngu|noi o|noi luu tru|cho luu tru"
    r"|luu tru|phong nghi"
    r"|can ho(?! chieu)|phong o)"
)

FIND = any_of(
    (
        r"\b(?:things? to (?:do|see)|places? to (?:go|see|visit)|attractions?|sightsee\w*|sights?"
        r"|what (?:should|can|could) (?:i|we) (?:do|see|visit)|what is there to"
        r"|worth (?:seeing|visiting)|fun to do|something fun|choi gi|xem gi|co gi (?:choi|vui))\b"
    ),
    r"\b(?:find|search|look(?:ing)? for|recommend|suggest(?:ion)?s?|ideas?|where (?:should"
    r"|can|could|to)|want(?: to)? (?:go|travel|visit|see)|plan(?:ning)?"
    r"|going to|i'?d like|i want|we want|show me|thinking of|interested in)\b",
    (
        r"\b(?:tim|goi y|tu van|muon|dinh|(?<!co )can|di dau|nen di|cho (?:toi|minh|em)"
        r"|de xuat|gioi thieu|thich|co tour|tour nao|dang tinh|du dinh)\b"
    ),
)
WANTS_TO_GO = any_of(
    r"\b(?:want|wanna|like|love|hope|plan(?:ning)?|looking|dream\w*) (?:to )?"
    r"(?:go(?:ing)?|travel|visit|see|try|do|explore|experience|spend|escape|somewhere)\b"
    r"(?! (?:to (?:bed|sleep|work|school|hospital)|home|back|crazy))",
    r"\b(?:muon|thich|dinh|tinh|dang tinh|mun|them) (?:duoc )?(?:di|ghe|tham|den|toi|ra|len"
    r"|kham pha|trai nghiem|du lich)\b(?! (?:lam|hoc|ngu|ve|cho\b))",
)
FIND_TOUR_VERB = any_of(
    r"\b(?:tours?|trips?|packages?|holidays?|vacations?|itinerar(?:y|ies)|excursions?"
    r"|getaways?|du lich|chuyen di|hanh trinh|ky nghi"
    r"|ki nghi|di choi|phuot|tham quan|nghi mat|du ngoan|travel(?:ling|ing)?|adventure)\b"
)
ASK_FOR_TOURS = any_of(
    (
        r"\b(?:any|some|which|what|show|have|offer|find)(?: \w+){0,3} (?:tours?|trips?"
        r"|packages?|holidays?|excursions?|cruises?)\b"
    ),
    r"\b(?:tours?|trips?|packages?) (?:to|in|for|with|around|under|near|that)\b",
    r"\b(?:co|nhung|cac|vai|may|con) (?:\w+ )?(?:tour|chuyen di|hanh trinh)\b|\btour (?:nao|gi)\b",
)
LODGING = any_of(
    (
        r"\b(?:find|book|reserve|need|want|recommend|suggest|search|looking for|any|show(?: me)?"
        rf"|good|best|cheap|which|nice|where)\b(?: \w+){{0,4}} {_LODGING_NOUN}\b"
    ),
    (
        rf"^\W*(?:\w+\s+){{0,2}}{_LODGING_NOUN}\b\W*"
        r"(?:in|near|at|around|close to|gan|o|tai|quanh|nao|gia)\b"
    ),
    rf"^\W*{_LODGING_NOUN}\W*$",
    r"\bwhere (?:can|should|do|could|to) (?:i |we )?(?:stay|sleep)\b",
    rf"\b(?:tim|can|dat|goi y|co|xem|thue|gioi thieu)\b(?: \w+){{0,3}} {_LODGING_NOUN}\b",
    rf"\b{_LODGING_NOUN} (?:nao|gan|o|tai|quanh)\b",
    r"\b(?:ngu|nghi|o) (?:lai )?(?:o )?dau\b",
)
BED = any_of(
    rf"\b{_LODGING_NOUN}\b",
    r"\b(?:stay(?:ing|s)?|sleep(?:ing)?|slept|beds?|nights?|overnight|camp(?:ing|sites?)?|crash"
    r"|lodg\w+|inns?|suites?|hotell?s?|ac+om+odat\w*|pensions?|chalets?|cabins?)\b",
    r"\b(?:ngu|nghi|nha dan|phong|ks|o dau|nen o|o lai|dem|tro|cho nao o|giuong|leu)\b",
)
TRIP_LENGTH = any_of(r"\b(?:days?|weeks?|ngay|tuan|hours?|tieng)\b", r"\d\s*[nd]\s*\d\s*[nd]\b")
BUDGET = any_of(r"\b(?:budget|spend|pay|stretch|afford|ngan sach|kinh phi|chi phi|tai chinh)\b")
