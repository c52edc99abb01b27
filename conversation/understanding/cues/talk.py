"""Messages about the talk: a person, help, a greeting, praise, other subjects."""

from conversation.understanding.cues.patterns import any_of

HUMAN = any_of(
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
    r"|bi cuop|quay roi)\b",
    r"\b(?:se|muon|phai|can|don|thu|bi) to cao\b|\bto cao (?:cong ty|ben|shop|tour|lua|hanh vi)\b",
    r"\b(?:thanh toan|chuyen khoan)\b.{0,15}\b(?:loi|nham|hai lan|2 lan|that bai|khong duoc)\b",
)
POLICY = any_of(
    r"\bpolic(?:y|ies)\b",
    r"\bchinh sach\b",
    r"\bcan i get (?:a )?refund",
    r"\brefundable\b",
    r"\bco (?:duoc )?hoan tien\b",
)
HELP = any_of(
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
GREETING = any_of(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|chao|alo|xin|da|em|anh"
    r"|chi|ban|co|chu"
    r"|shop|ad|admin|there|all|everyone|team|bot|buoi (?:sang|trua|chieu|toi)|moi nguoi|a|oi"
    r"|nhe|nha)\b\W*)+$"
)
LIKED = any_of(
    r"^\W*(?:rat |cung )?thich (?:tour|cai|chuyen|so|goi)\b",
    r"^\W*(?:cai|tour)\b.{0,12}\bduoc (?:day|do)\b",
    r"\b(?:hay|dep|tuyet|on|hop|ngon) (?:day|ghe|nhi|do|a)\b",
    r"\b(?:i|we) (?:really |quite |absolutely )?(?:like|love|liked|loved|enjoyed)\b",
    r"^\W*(?:really |absolutely |just )?(?:love|like|enjoy)d? "
    r"(?:it|them|this|these|that|the|number|#?\s?\d)\b",
    r"\b(?:was|were|is|are|it'?s|that'?s) (?:a |an )?(?:very |really |so |just )?(?:great|amazing"
    r"|awesome|wonderful|fantastic|excellent|perfect|helpful|useful|fun)\b",
    r"^\W*(?:tour|goi y|chuyen di|cac tour|may tour)?\s*(?:rat )?(?:hay|tuyet(?: voi)?|dep|hop ly"
    r"|dung y|ung y|xuat sac)\b(?! (?:khong|ko|la|co|minh|em|toi))",
    (
        r"\b(?:looks?|sounds?|is|was|are) (?:very |really |so )?(?:good|great|nice|perfect"
        r"|amazing|interesting|lovely)\b"
    ),
    r"\b(?:minh|toi|em|anh|chi) (?:rat |khoai |qua )?(?:thich|ung)\b",
    r"\b(?:hay|dep|tuyet|on|hop) (?:qua|lam|that|voi minh)\b",
    r"^\W*(?:good|great|nice|perfect|awesome)\b",
)
DISLIKED = any_of(
    (
        r"\b(?:do not|don'?t|didn'?t|did not) (?:really )?(?:like|love|want) (?:this|that"
        r"|these|those|it|them|any|number|the|option|tour|\d)"
    ),
    r"\bnot (?:interested|for me|my taste|good|what i)\b",
    r"\b(?:hate|dislike|boring|terrible|awful|horrible|rubbish|useless|crap|garbage|sucks?"
    r"|disappoint\w*|worst|irrelevant|unhelpful)\b",
    r"\b(?:not|isn'?t|aren'?t|wasn'?t) (?:very |really |so |at all )?(?:helpful|useful|relevant"
    r"|great|what (?:i|we) (?:asked|want|need|meant|mean))",
    r"\b(?:khong|ko|k|chang|cha|sai|chua) (?:dung|hop|vua|trung) (?:y|nhu|voi y|cai|yeu cau)\b",
    r"\b(?:khong|ko|chang|cha) (?:lien quan|huu ich|nhu y|nhu mong doi)\b|\bsai y\b",
    r"\b(?:do te|do ec|te hai|qua te|qua chan|qua do|vo dung|that vong|chan ngat|linh tinh)\b",
    r"\b(?:khong|ko|chang|k) (?:thich|ung|hop|hay|quan tam|hung thu)\b",
    r"\b(?:chan|do|te) (?:qua|lam|that)\b",
    r"\bnone of (?:these|them|those)\b",
)

OFF_TOPIC = any_of(
    r"\b(?:gia vang|gia xang|ti gia|ty gia|co phieu|thoi su|iphone|maths?|homework)\b",
    (
        r"\b(?:poem|joke|essay|homework|recipe|python|javascript|java|code|coding"
        r"|program(?:ming)?|bitcoin|crypto|stocks?|football|soccer|match|election|president"
        r"|capital of|prime minister|translate|equation|solve|calculate|square root|horoscope"
        r"|lyrics|(?:a|the|this|my) song|songs|movie|netflix|girlfriend|boyfriend|marry me"
        r"|meaning of life|world war|population of|who (?:is|was|won|invented|wrote)|news"
        r"|lottery|dating|diet|cv|timers?|alarm(?: clock)?|resume for|credit card|bank account|tire"
        r"|car insurance|oil change)\b"
    ),
    (
        r"\b(?:bai tho|lam tho|truyen cuoi|ke chuyen|bai toan|giai (?:giup|toan|bai|phuong trinh)"
        r"|bong da|chung khoan|ket qua xo so|xo so|thu do|tong thong|dich (?:giup|sang|cau)"
        r"|bai van|lap trinh|viet (?:code|bai|van|tho)|tin tuc|nguoi yeu|tinh yeu|phim"
        r"|loi bai hat|bai tap|cong thuc)\b"
    ),
)
