"""Words by which an intent is recognised inside a longer message.

All patterns are for folded text (lower case, no diacritics). Where leaving the diacritics out
makes a Vietnamese word an English one, the pattern asks for more words around it.
"""

import re

from conversation.understanding.schemas import Intent


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ME = r"(?:me|my|toi|minh|em|anh|chi|chung toi|us)"
_DATA = (
    r"(?:data|information|info|details|profile|account|history|du lieu|thong tin|ho so"
    r"|tai khoan|lich su)"
)
_LODGING_NOUN = (
    r"(?:hotels?|hostels?|homestays?|resorts?|guest ?houses?|motels?|lodges?|lodging|villas?|airbnb"
    r"|bungalows?|accommodations?|accomodations?|(?:places?|somewhere) to (?:stay|sleep)"
    r"|rooms?|apartments?"
    r"|khach san|nha nghi|nha tro|cho o|cho nghi|cho ngu|noi o|noi luu tru|cho luu tru"
    r"|luu tru|phong nghi"
    r"|can ho|phong o)"
)

STOP = _any(
    r"\b(?:please |pls )?(?:stop|quit) (?:messag|send|text|contact|spamm|bother|writ)\w*",
    r"\b(?:do not|don'?t|never) (?:message|text|contact|send|write|bother) (?:me|us)?\b.{0,20}"
    r"\b(?:again|anymore|any more|messages)\b",
    r"\bunsubscribe\b",
    r"\bopt (?:me )?out\b",
    r"\bdung (?:co )?(?:nhan|gui|lam phien)\b.{0,25}\bnua\b",
    r"\b(?:khong|ko) (?:muon )?nhan (?:tin|tin nhan|thong bao|quang cao)\b.{0,15}\bnua\b",
    r"\b(?:ngung|ngung|dung) (?:viec )?(?:nhan tin|gui tin)\b",
    r"\btake me off\b",
)
START = _any(
    r"\b(?:start|resume) (?:messag|send|text)\w*",
    r"\b(?:sign|opt) me (?:up|in)\b",
    r"\b(?:subscribe me|nhan tin lai cho)\b",
)
PAUSE = _any(
    r"\b(?:pause|snooze|mute)\b",
    (
        r"\b(?:don'?t|do not|no) (?:message|text|contact|send|write"
        r"|messages)\b.{0,30}\b(?:until|till|before|for|next)\b"
    ),
    r"\btam (?:dung|ngung|nghi|hoan)\b",
    r"\bdung (?:nhan|gui)\b.{0,30}\b(?:den|toi|trong) (?:thang|tuan|\d)",
    r"\b(?:take|need) a break from (?:messages|this)\b",
)
DELETE_DATA = _any(
    rf"\b(?:delete|erase|remove|wipe|clear|forget|destroy)\b.{{0,25}}\b(?:{_ME} {_DATA}"
    rf"|everything|all (?:you|of) "
    rf"|about me|{_DATA} (?:about|on|of) me|my)\b(?! (?:wish|search|filter))",
    rf"\b(?:xoa|huy bo)(?: (?:het|toan bo|tat ca|moi|giup))*\b.{{0,15}}\b{_DATA}\b",
    r"\bforget (?:me|about me)\b",
    r"\bright to be forgotten\b",
)
MY_DATA = _any(
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
HUMAN = _any(
    r"\b(?:someone|somebody|anyone|person) (?:i|we) can (?:call|talk to|speak to|contact)\b",
    r"\b(?:so dien thoai|sdt|hotline|zalo) (?:cua )?(?:nhan vien|tu van|ben ban|cong ty|shop)\b",
    r"\b(?:talk|speak|chat|connect|transfer|put)\b.{0,20}\b(?:human|person|someone|somebody"
    r"|agent|staff|operator"
    r"|representative|manager|consultant|people|team)\b",
    r"\b(?:real|live|actual) (?:person|human|agent|people)\b",
    (
        r"\b(?:call me|call us|phone me|give me a call|contact me by phone"
        r"|customer (?:service|support|care))\b"
    ),
    r"\b(?:gap|noi chuyen|lien he|ket noi|chat|trao doi)\b.{0,15}\b(?:nhan vien|nguoi that"
    r"|tu van vien|quan ly|tong dai"
    r"|nguoi tu van|con nguoi|cham soc khach hang|cskh|ai do)\b",
    r"\bgoi (?:lai |dien )?(?:cho|thoai cho) (?:toi|minh|em|anh|chi)\b",
    r"\b(?:complain|complaint|scam|scammed|fraud|cheated|ripped off|lawyer|sue you|police"
    r"|emergency|accident|unsafe"
    r"|injured|robbed|stolen|harass\w*|assault\w*)\b",
    (
        r"\b(?:want|need|get|give|demand|my|request|process|waiting for)\b.{0,15}\b(?:refund"
        r"|money back)\b"
    ),
    (
        r"\b(?:charged|billed|paid) (?:me )?(?:twice|double|wrong|too much|already)\b"
        r"|\bpayment (?:failed|problem|issue|error|declined)\b"
    ),
    r"\b(?:khieu nai|lua dao|hoan tien|hoan lai tien|tra lai tien|tru tien|bi lua|cong an"
    r"|tai nan|cap cuu|khan cap|mat cap"
    r"|bi cuop|quay roi|to cao)\b",
    r"\b(?:thanh toan|chuyen khoan)\b.{0,15}\b(?:loi|nham|hai lan|2 lan|that bai|khong duoc)\b",
)
POLICY = _any(
    r"\bpolic(?:y|ies)\b",
    r"\bchinh sach\b",
    r"\bcan i get (?:a )?refund",
    r"\brefundable\b",
    r"\bco (?:duoc )?hoan tien\b",
)
SCHEDULE = _any(
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
LANGUAGE = _any(
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
HELP = _any(
    r"\bhuong dan\b.{0,10}\b(?:dung|su dung|cach)\b",
    r"\b(?:what(?: is|'s) your name|who (?:made|created|built|programmed|designed) you)\b",
    r"\bare you\b.{0,20}\b(?:human|person|bot|robot|computer|machine|ai|real)\b",
    r"\bwhat\b.{0,12}\b(?:can|could|should) i (?:ask|say)\b|\bten (?:ban|em|bot) la gi\b",
    r"\b(?:what|which things) (?:can|do) you (?:do|offer|help)\b",
    (
        r"\bhow (?:does|do) (?:this|it|you|the bot|i use)\b(?: bot| thing| service"
        r"| this)?(?: work)?\W*$"
    ),
    r"\bhow can you help\b",
    r"\bwho are you\b",
    r"\bare you (?:a )?(?:bot|robot|human|real|ai)\b",
    r"\bwhat is this\b",
    r"\b(?:ban|bot|em) (?:la ai|la gi|lam duoc|giup duoc|co the (?:lam|giup))\b",
    r"\b(?:huong dan su dung|cach su dung|dung the nao)\b",
    r"\bi (?:need|want) help\b\W*$",
    r"\bcan you help me\b\W*$",
)
STRONG_ASK = _any(
    (
        r"^\W*(?:is (?:it|this|the)|are (?:the|they)|do (?:i|we) (?:need|have)|how (?:far"
        r"|long|much|cold"
        r"|hot|many|safe|is|are)|what (?:is|are|time|should)|what'?s|when (?:is|do|does|should)|why"
        r"|should (?:i|we)|does|may i)\b"
    ),
    r"\b(?:co phai|co can|phai mua|co duoc|co an toan|may gio|bao xa|bao lau)\b",
)
GREETING = _any(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|chao|alo|xin|da|em|anh"
    r"|chi|ban|co|chu"
    r"|shop|ad|admin|there|all|everyone|team|bot|buoi (?:sang|trua|chieu|toi)|moi nguoi|a|oi"
    r"|nhe|nha)\b\W*)+$"
)
COMPARE = _any(
    r"\bhow (?:do|does|are|is)\b.{0,25}\bdiffer",
    r"\bnen (?:chon|di|lay)\b.{0,15}\bhay\b",
    r"\bcompar(?:e|ing|ison)\b",
    r"\bdifferen(?:ce|t)s? (?:between|from)\b",
    r"\bwhich (?:one )?is (?:better|best|cheaper|nicer)\b",
    r"\bwhich (?:of them|one|tour) (?:is|would you|do you|should)\b",
    r"\bso sanh\b",
    r"\bkhac (?:gi )?nhau\b",
    r"\bkhac (?:gi|the nao)\b",
    r"(?<!co )(?<!con )\b(?:cai|tour) nao (?:tot|hay|re|hop|on|dang)\b.{0,4}\bhon\b",
    r"\b(?:vs\.?|versus)\b",
)
BOOK = _any(
    r"\b(?:how|where|when) (?:do|can|should|to)\b.{0,6}\bpay\b",
    r"\b(?:book|reserve|booking|reservation|buy|purchase)\b",
    r"\bi'?(?:ll| will) take\b",
    r"\bsign me up for\b",
    r"\b(?:dat|giu) (?:tour|cho|ngay|luon|ve|truoc|so|cai)\b",
    r"\bdat (?:giup|cho (?:toi|minh|em|anh))\b",
    r"\bchot\b",
    r"\bmua (?:tour|ve)\b",
    r"\b(?:dang ky|dang ki) (?:tour|di|so|cai)\b",
    r"\b(?:lay|chon) (?:tour|so|cai) \d",
    r"\bhow (?:do|can) i pay\b",
    r"\bthanh toan (?:the nao|o dau|bang)\b",
)
FIND_TOUR_VERB = _any(
    r"\b(?:tours?|trips?|packages?|holidays?|vacations?|itinerar(?:y|ies)|excursions?"
    r"|getaways?|du lich|chuyen di|hanh trinh|ky nghi"
    r"|ki nghi|di choi|phuot|tham quan|nghi mat|du ngoan|travel(?:ling|ing)?|adventure)\b"
)
LODGING = _any(
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
TRIP_LENGTH = _any(r"\b(?:days?|weeks?|ngay|tuan|hours?|tieng)\b", r"\d\s*[nd]\s*\d\s*[nd]\b")
DETAILS = _any(
    r"\b(?:details?|more info(?:rmation)?|itinerary|more about|about (?:number|option|tour|the))\b",
    r"\btell me (?:more )?about\b",
    (
        r"\b(?:chi tiet|thong tin|lich trinh|noi ro|xem ky|ro hon|biet them|ke them|xem tour"
        r"|noi them)\b"
    ),
)
MORE = _any(
    r"\bgoi y (?:them|tiep|khac)\b|\bcho them\b|\bthem (?:vai )?goi y\b",
    (
        r"\b(?:show|see|any|give|send|have|got|what|some|the)\b.{0,15}\b(?:more|others?|else"
        r"|another|next)\b(?! (?:about|info|details?|than|expensive|days?|time))"
    ),
    (
        r"\b(?:other|more|another|different|additional) (?:tours?|options?|ones?|trips?"
        r"|results?|suggestions?|ideas?|choices?|packages?)\b"
    ),
    r"\b(?:anything|something|what) else\b",
    r"\bmore please\b",
    r"\b(?:tour|cai|goi y|lua chon|goi|chuong trinh) (?:nao )?khac\b",
    r"\bcon (?:\w+ )?(?:tour|cai|gi|goi y|lua chon)\b.{0,12}\b(?:khac|nua|khong)\b",
    r"\b(?:xem|cho|them|tiep|goi y)\b.{0,12}\b(?:nua|tiep|them (?:tour|vai|may|cai|3))\b",
)
CHEAPER = _any(
    r"\bcheaper\b",
    r"\bless (?:expensive|pricey|costly)\b",
    r"\b(?:too|so|very|bit|quite) (?:expensive|pricey|costly|much money|dear)\b",
    r"\b(?:lower|reduce|smaller|better) (?:price|budget|cost)\b",
    r"\bmore affordable\b",
    r"\b(?:out of|over|above|beyond) my budget\b",
    r"\bexpensive\b.{0,4}$",
    r"\bre hon\b",
    r"\bgia (?:thap|mem|tot) hon\b",
    r"\b(?:dat|mac|cao) (?:qua|the|vay|tien qua|lam)\b",
    r"\bgia cao\b",
    r"\b(?:giam gia|bot dat)\b(?=\W*$)",
    r"\bvuot (?:qua )?ngan sach\b",
    r"\btoo high\b",
)
SHORTER = _any(
    r"\bshorter\b",
    r"\btoo long\b",
    r"\bfewer days\b",
    r"\bless days\b",
    r"\bngan (?:ngay )?hon\b",
    r"\bit ngay hon\b",
    r"\bdai (?:ngay )?qua\b",
    r"\blau qua\b",
)
LONGER = _any(
    r"\blonger\b(?! than)",
    r"\btoo short\b",
    r"\bmore days\b",
    r"\bdai (?:ngay )?hon\b",
    r"\bnhieu ngay hon\b",
    r"\bngan (?:ngay )?qua\b",
    r"\blau hon\b",
    r"\bit ngay qua\b",
)
REFINE = _any(
    r"\binstead\b",
    r"^\W*(?:but|and|also|plus|actually|rather|only|just|make it|can (?:you|we) (?:make"
    r"|change|add)|change|add|remove|without|no|not|except"
    r"|exclude|avoid|skip|include|same|with|drop|what about|how about|or)\b",
    r"\b(?:make it|change (?:it |the |to )|add |switch to|same (?:but|thing))\b",
    r"\b(?:as well|too)\W*$",
    (
        r"^\W*(?:nhung|va|them|chi|bo|tru|khong|ko|doi|rut|tang|giam|thay|con neu|neu|the|vay"
        r"|voi|cung|chuyen sang|ngoai tru|co them|bot)\b"
    ),
    (
        r"\b(?:doi (?:sang|thanh|lai)|thay (?:bang|vi)|rut (?:xuong|con)|chuyen (?:sang"
        r"|thanh)|them (?:vao|ca|hoat dong)|thoi\W*$)\b"
    ),
)
OTHER_PLACE = _any(
    r"\binstead\b",
    r"^\W*(?:(?:what|how) about|add|also|and|plus|them|con|va|doi sang|thay bang)\b",
    r"\bthi sao\b",
)
REPLACES = _any(
    r"^\W*(?:what|how) about\b",
    r"\bthi sao\b",
    r"\binstead\b",
    r"\brather than\b",
    r"\b(?:switch|change)(?: it)? to\b",
    r"\b(?:only|just)\b",
    r"\bdoi (?:sang|thanh|lai)\b",
    r"\bthay (?:bang|vi|cho)\b",
    r"\bchi\b",
    r"\bchuyen (?:sang|thanh)\b",
)
FIND = _any(
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
ASK = _any(
    r"\?\s*$",
    (
        r"^\W*(?:is|are|do|does|did|can|could|will|would|what|when|which|who|how|where|why"
        r"|should|am|may)\b"
    ),
    (
        r"\b(?:khong|chua|the nao|bao nhieu|may gio|khi nao|o dau|bao lau|ra sao|nhu the nao"
        r"|sao|gi|nao|ha|chang)\W*(?:a|vay|the|nhi|ban|em|shop|ad)?\W*$"
    ),
    r"\b(?:may gio|bao nhieu|khi nao|bao lau|the nao|co bao gom|da bao gom|gom nhung gi|co can)\b",
)
SHORT_TOPIC = _any(
    (
        r"\b(?:how (?:much|long|far)|price|cost|fee|card|cash|money|distance|ticket|group"
        r"|rent|hire|bus)\b"
    ),
    r"\b(?:bao nhieu|bao lau|bao xa|gia|phi|ve|nhom|xe|tau)\b",
)
TRAVEL_TOPIC = _any(
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
ASK_FOR_TOURS = _any(
    (
        r"\b(?:any|some|which|what|show|have|offer|find)(?: \w+){0,3} (?:tours?|trips?"
        r"|packages?|holidays?|excursions?|cruises?)\b"
    ),
    r"\b(?:tours?|trips?|packages?) (?:to|in|for|with|around|under|near|that)\b",
    r"\b(?:co|nhung|cac|vai|may|con) (?:\w+ )?(?:tour|chuyen di|hanh trinh)\b|\btour (?:nao|gi)\b",
)
OFF_TOPIC = _any(
    r"\b(?:gia vang|gia xang|ti gia|ty gia|co phieu|thoi su|iphone|maths?|homework)\b",
    (
        r"\b(?:poem|joke|essay|homework|recipe|python|javascript|java|code|coding"
        r"|program(?:ming)?|bitcoin|crypto|stocks?|football|soccer|match|election|president"
        r"|capital of|prime minister|translate|equation|solve|calculate|square root|horoscope"
        r"|lyrics|song|movie|netflix|girlfriend|boyfriend|marry me|meaning of life"
        r"|world war|population of|who (?:is|was|won|invented|wrote)|news|lottery|dating|diet"
        r"|cv|resume for|credit card|bank account|tire|car insurance|oil change)\b"
    ),
    (
        r"\b(?:bai tho|lam tho|truyen cuoi|ke chuyen|bai toan|giai (?:giup|toan|bai|phuong trinh)"
        r"|bong da|chung khoan|ket qua xo so|xo so|thu do|tong thong|dich (?:giup|sang|cau)"
        r"|bai van|lap trinh|viet (?:code|bai|van|tho)|tin tuc|nguoi yeu|tinh yeu|phim"
        r"|loi bai hat|bai tap|cong thuc)\b"
    ),
)
LIKED = _any(
    r"\b(?:hay|dep|tuyet|on|hop|ngon) (?:day|ghe|nhi|do|a)\b",
    r"\b(?:i|we) (?:really |quite )?(?:like|love|liked|loved)\b",
    (
        r"\b(?:looks?|sounds?|is|was|are) (?:very |really |so )?(?:good|great|nice|perfect"
        r"|amazing|interesting|lovely)\b"
    ),
    r"\b(?:minh|toi|em|anh|chi) (?:rat |khoai |qua )?(?:thich|ung)\b",
    r"\b(?:hay|dep|tuyet|on|hop) (?:qua|lam|that|voi minh)\b",
    r"^\W*(?:good|great|nice|perfect|awesome)\b",
)
DISLIKED = _any(
    (
        r"\b(?:do not|don'?t|didn'?t|did not) (?:really )?(?:like|love|want) (?:this|that"
        r"|these|those|it|them|any|number|the|option|tour|\d)"
    ),
    r"\bnot (?:interested|for me|my taste|good|what i)\b",
    r"\b(?:hate|dislike|boring|terrible|awful)\b",
    r"\b(?:khong|ko|chang|k) (?:thich|ung|hop|hay|quan tam|hung thu)\b",
    r"\b(?:chan|do|te) (?:qua|lam|that)\b",
    r"\bnone of (?:these|them|those)\b",
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
