"""Messages about tours that were shown, and changes of the wish."""

from conversation.understanding.cues.patterns import any_of

COMPARE = any_of(
    r"\bhow (?:do|does|are|is)\b.{0,25}\bdiffer",
    r"\bnen (?:chon|di|lay)\b.{0,15}\bhay\b",
    r"\bcompar(?:e|ing|ison)\b",
    r"\bdifferen(?:ce|t)s? (?:between|from)\b",
    r"\bwhich (?:one )?is (?:better|best|cheaper|nicer)\b",
    r"\bwhich (?:of them|one|tour) (?:is|would you|do you|should)\b",
    r"\bso sanh\b",
    r"\bkhac (?:gi )?nhau\b",
    r"\bkhac (?:gi|the nao)\b",
    r"(?<!co )(?<!con )\b(?:cai|tour) nao (?:tot|hay|re|hop|on|dang|dep|vui)\b.{0,15}\bhon\b",
    r"\b(?:vs\.?|versus)\b",
    r"\b(?:the )?(?:\d|first|second|third|\dst|\dnd|\drd) against\b",
)
BOOK = any_of(
    r"\b(?:how|where|when) (?:do|can|should|to)\b.{0,6}\bpay\b",
    r"\b(?:book|reserve|booking|reservation|buy|purchase)\b",
    r"\bi'?(?:ll| will) take\b",
    r"\bsign me up for\b",
    r"\b(?:grab|get|hold|save|keep|secure) (?:me|us) (?:\w+ )?(?:spots?|seats?|places?|tickets?)\b",
    r"\b(?:dat|giu) (?:tour|cho|ngay|luon|ve|truoc|so|cai)\b",
    r"\bdat (?:giup|cho (?:toi|minh|em|anh))\b",
    r"\bchot\b",
    r"\bmua (?:tour|ve)\b",
    r"\b(?:dang ky|dang ki) (?:tour|di|so|cai)\b",
    r"\b(?:lay|chon) (?:tour|so|cai) \d",
    r"\bhow (?:do|can) i pay\b",
    r"\b(?:thanh toan|dat coc|chuyen coc|chuyen khoan|tra tien|dat)\b.{0,8}"
    r"\b(?:the nao|nhu nao|ra sao|lam sao|kieu gi|o dau|bang cach)\b",
    r"\bthanh toan bang\b",
)
CONTENTS = any_of(
    r"\bwhat(?:'s| is| does| do| are)?\b.{0,25}\b(?:includ|in it|inside|cover)",
    r"\b(?:gom|co|bao gom) (?:nhung |cac )?gi\b",
    r"\b(?:the nao|nhu nao|ra sao|sao vay|sao the)\b",
)
DETAILS = any_of(
    r"\b(?:details?|more info(?:rmation)?|itinerary|more about|about (?:number|option|tour|the))\b",
    r"\btell me (?:more )?about\b",
    r"\btell me more\b",
    (
        r"\b(?:chi tiet|thong tin|lich trinh|noi ro|xem ky|ro hon|biet them|ke them|xem tour"
        r"|noi them)\b"
    ),
)
MORE = any_of(
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
    r"\b(?:tour|cai|trang|may cai) (?:tiep theo|ke tiep|tiep)\b",
    r"\b(?:tour|cai|goi y|lua chon|goi|chuong trinh) (?:nao )?khac\b",
    r"\bcon (?:\w+ )?(?:tour|cai|gi|goi y|lua chon)\b.{0,12}\b(?:khac|nua|khong)\b",
    r"\b(?:xem|cho|them|tiep|goi y)\b.{0,12}\b(?:nua|tiep|them (?:tour|vai|may|cai|3))\b",
)
CHEAPER = any_of(
    r"\bcheaper\b",
    r"\bless (?:expensive|pricey|costly)\b",
    r"(?<!not )\b(?:too|so|very|bit|quite) (?:expensive|pricey|costly|much money|dear)\b",
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
SHORTER = any_of(
    r"\bshorter\b",
    r"\btoo long\b",
    r"\bfewer days\b",
    r"\bless days\b",
    r"\bngan (?:ngay )?hon\b",
    r"\bit ngay hon\b",
    r"\bdai (?:ngay )?qua\b",
    r"\blau qua\b",
)
LONGER = any_of(
    r"\blonger\b(?! than)",
    r"\btoo short\b",
    r"\bmore days\b",
    r"\bdai (?:ngay )?hon\b",
    r"\bnhieu ngay hon\b",
    r"\bngan (?:ngay )?qua\b",
    r"\blau hon\b",
    r"\bit ngay qua\b",
)
REFINE = any_of(
    r"\binstead\b",
    r"^\W*(?:but|and|also|plus|actually|rather|only|just|make it|can (?:you|we) (?:make"
    r"|change|add)|change|add|remove|without|no|not|except"
    r"|exclude|avoid|skip|include|same|with|drop|what about|how about|or)\b"
    r"(?! (?:idea|clue|the (?:line|queue))\b)",
    r"\b(?:make it|change (?:it |the |to )|add |switch to|same (?:but|thing))\b",
    r"\b(?:as well|too)\W*$",
    r"\b(?:cho|bo sung|ghep|kem) them\b|\bthem\b.{0,30}\bvao\b",
    r"\bnua(?:\W+(?:nhe|nha|a|di|em|ban|voi|duoc khong))*\W*$",
    (
        r"^\W*(?:nhung|va|them|chi|bo|tru|khong|ko|doi|rut|tang|giam|thay|con neu|neu|the|vay"
        r"|voi|cung|chuyen sang|ngoai tru|co them|bot)\b"
    ),
    (
        r"\b(?:doi (?:sang|thanh|lai)|thay (?:bang|vi)|rut (?:xuong|con)|chuyen (?:sang"
        r"|thanh)|them (?:vao|ca|hoat dong)|thoi\W*$)\b"
    ),
)
ADDS_PLACE = any_of(
    r"^\W*(?:(?:and |please |can you |could you |also )*(?:add|include)|them)\b",
    r"\b(?:as well|them vao|nua)\W*$",
)
OTHER_PLACE = any_of(
    r"\binstead\b",
    r"^\W*(?:(?:what|how) about|add|also|and|plus|them|con|va|doi sang|thay bang)\b",
    r"\bthi sao\b",
)
REPLACES = any_of(
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
AMENDS = any_of(
    r"^\W*(?:ok(?:ay)?\W+|and\W+|please\W+)?(?:make it|change (?:it |that )?to|switch to"
    r"|only|just|chi(?: can| di)?)\b",
    r"\b(?:also|please|and) add\b",
    r"^\W*(?:doi|chuyen) (?:sang|thanh|lai)\b",
)
