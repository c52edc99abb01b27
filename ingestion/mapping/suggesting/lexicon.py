"""What operators call their columns: English, Vietnamese and other common languages, folded."""

from collections.abc import Mapping
from typing import Final

TIME_UNITS: Final[Mapping[str, str]] = {
    "days": "days|day|ngay|jours|tage|dias|giorni|hari",
    "nights": "nights|night|dem|nuits|naechte|noches|notti|noites|malam",
    "hours": "hours|hour|hrs|gio|tieng|heures|stunden|horas|ore|jam",
    "minutes": "minutes|minute|mins|phut|minuten|minutos|minuti|menit",
}

TOURS: Final[Mapping[str, str]] = {
    "id": "id|tour id|tour code|product id|product code|package id|package code|activity id"
    "|activity code|code|sku|uuid|guid|identifier|reference|ref|ma|ma tour|ma so|ma san pham"
    "|ma chuong trinh|codigo|codice|kode|kode tour|artikelnummer|nummer|numero|编号|番号|코드",
    "title": "title|name|tour|tour name|tour title|package|package name|product name|product title"
    "|activity name|activity title|experience name|headline|ten|ten tour|tieu de|ten san pham"
    "|ten chuong trinh|nom|titre|titel|bezeichnung|nombre|titulo|nome|titolo|nama|nama tour|judul"
    "|名称|タイトル|제목|ชื่อ",
    "description": "description|about|about tour|about trip|overview|summary|abstract|intro"
    "|introduction|short description|long description|detail|details|content|text|mo ta"
    "|mo ta ngan|gioi thieu|tom tat|noi dung|beschreibung|descripcion|resumen|descrizione"
    "|descricao|deskripsi|描述|説明|설명",
    "locations": "location|locations|place|places|destination|destinations|city|cities|town|region"
    "|stops|locations visited|places visited|cities visited|route|where|area|dia diem|diem den"
    "|noi den|noi tham quan|thanh pho|tinh thanh|vung|vung mien|khu vuc|lieu|lieux|ville|orte|ort"
    "|ziel|reiseziel|stadt|lugar|lugares|destino|destinos|ciudad|luogo|luoghi|destinazione|citta"
    "|cidade|lokasi|tujuan|kota|目的地|地点|지역|สถานที่",
    "without": "departure city|departs from|departure place|departure location|departing from"
    "|starting point|start city|start location|start place|from city|origin|xuat phat"
    "|noi khoi hanh|diem khoi hanh|khoi hanh tu|noi xuat phat|diem xuat phat|ville de depart"
    "|abfahrtsort|abflugort|ciudad de salida|partenza da",
    "country": "country|countries|countries visited|country name|nation|quoc gia|nuoc|dat nuoc"
    "|pays|land|laender|pais|paises|paese|paesi|negara|国家|国|나라|ประเทศ",
    "language": "language|languages|lang|locale|guide language|ngon ngu|langue|sprache|idioma"
    "|lingua|bahasa|语言|言語|언어",
    "duration": "duration|length|length of tour|time|tour time|days|nights|hours|duration days"
    "|duration hours|duration minutes|number of days|num days|no of days|thoi gian|thoi luong"
    "|so ngay|so dem|so gio|duree|dauer|reisedauer|tage|duracion|dias|durata|giorni|duracao"
    "|durasi|lama|时长|期間|기간|ระยะเวลา|" + "|".join(TIME_UNITS.values()),
    "price": "price|price from|from price|starting price|lowest price|min price|adult price"
    "|price adult|price per person|cost|rate|amount|fare|sale price|current price"
    "|lowest option price|price usd|price eur|price vnd|gia|gia tu|gia tour|gia ban|gia nguoi lon"
    "|gia tien|don gia"
    "|prix|tarif|preis|ab preis|grundpreis|precio|precio desde|prezzo|preco|harga|价格|価格|料金"
    "|가격|ราคา",
    "available": "departure|departures|departure date|departure dates|departure day|start date"
    "|start dates|dates|date|available dates|availability dates|tour dates|khoi hanh"
    "|ngay khoi hanh|lich khoi hanh|ngay di|date de depart|dates de depart|termine|abreise"
    "|abreisedatum|salidas|fecha de salida|fechas|partenze|date di partenza|tanggal"
    "|tanggal keberangkatan|出发日期|出発日|출발일",
    "end": "end date|end dates|return date|finish date|arrival date|ngay ve|ngay ket thuc"
    "|date de retour|enddatum|fecha de regreso|data fine",
    "transportation": "transportation|transport|transports|vehicle|vehicles|means of transport"
    "|travel mode|phuong tien|van chuyen|di chuyen|xe|transporte|trasporto|transportmittel"
    "|verkehrsmittel|transportasi|交通|교통",
    "food": "food|meals|meal|meal plan|dining|catering|cuisine|bua an|an uong|am thuc|thuc don"
    "|repas|mahlzeiten|verpflegung|comidas|pasti|refeicoes|makanan|makan|餐食|食事|식사",
    "activities": "activities|activity|activity type|category|categories|theme|themes|tag|tags"
    "|type|tour type|interests|experience type|sightseeing|hoat dong|loai hinh|loai tour|chu de"
    "|danh muc|the loai|activites|categorie|theme|aktivitaeten|kategorie|thema|actividades"
    "|categoria|tema|attivita|atividades|kegiatan|kategori|分类|カテゴリ|카테고리",
    "accommodation": "accommodation|accommodations|hotel|hotels|lodging|stay|hotel name|khach san"
    "|luu tru|noi o|cho o|hebergement|unterkunft|alojamiento|alloggio|akomodasi|住宿|宿泊|숙박",
    "url": "url|link|links|href|web|website|page|page url|product url|tour url|booking url"
    "|booking link|permalink|deeplink|deep link|detail url|detail|duong dan|lien ket|trang|lien"
    "|enlace|collegamento|tautan|链接|リンク|링크",
    "image": "image|images|image url|image urls|image source|photo|photos|picture|pictures|img"
    "|thumbnail|thumb|cover|cover image|main image|hero image|anh|hinh|hinh anh|hinh anh chinh"
    "|anh bia|anh dai dien|imagen|imagenes|bild|bilder|immagine|imagem|gambar|foto|图片|画像|사진",
}

PLACES_TO_STAY: Final[Mapping[str, str]] = {
    "id": "id|hotel id|hotel code|property id|property code|listing id|code|sku|uuid|ma"
    "|ma khach san|ma so|codigo|codice|kode",
    "name": "name|hotel|hotel name|property name|listing name|title|property|ten|ten khach san"
    "|khach san|nom|nom de l hotel|hotelname|nombre|nome|nama|nama hotel|名称|ホテル名|호텔명",
    "description": "description|about|overview|summary|details|mo ta|gioi thieu|beschreibung"
    "|descripcion|descrizione|descricao|deskripsi",
    "address": "address|full address|street|street address|location|dia chi|vi tri|adresse"
    "|direccion|indirizzo|endereco|alamat|地址|住所|주소",
    "city": "city|town|destination|locality|thanh pho|tinh|tinh thanh|ville|stadt|ort|ciudad|citta"
    "|cidade|kota|城市|都市|도시",
    "country": "country|country name|nation|quoc gia|nuoc|pays|land|pais|paese|negara|国家|国",
    "latitude": "latitude|lat|geo lat|vi do|breitengrad|latitud|latitudine",
    "longitude": "longitude|lng|lon|long|geo lng|geo lon|kinh do|laengengrad|longitud|longitudine",
    "stars": "stars|star|star rating|hotel class|class|category stars|hang sao|so sao|sao|etoiles"
    "|sterne|estrellas|stelle|estrelas|bintang",
    "rating": "rating|score|review score|guest rating|rating score|review rating|average rating"
    "|user rating|rating status|diem|diem danh gia|danh gia|note|bewertung|puntuacion|valutazione"
    "|avaliacao|nilai",
    "reviews": "reviews|review count|reviews count|number of reviews|num reviews|reviews total"
    "|no of reviews|so danh gia|luot danh gia|so luot danh gia|avis|bewertungen|opiniones"
    "|recensioni|ulasan",
    "price": "price|price per night|nightly price|nightly rate|price night|rate|cost|room price"
    "|lowest price|min price|price from|amount|gia|gia phong|gia moi dem|gia tu|gia 1 dem|prix"
    "|prix par nuit|preis|preis pro nacht|precio|precio por noche|prezzo|preco|harga"
    "|harga per malam",
    "amenities": "amenities|amenity|facilities|facility|benefits|features|services|utilities"
    "|tien nghi|tien ich|dich vu|uu dai|equipements|ausstattung|servicios|servizi|comodidades"
    "|fasilitas|设施|設備|편의시설",
    "url": TOURS["url"],
    "image": TOURS["image"],
}

SECTIONS: Final[Mapping[str, str]] = {
    "excluded": "not included|excluded|excludes|exclusions|exclusion|price excludes|khong bao gom"
    "|gia khong bao gom|dich vu khong bao gom|chua bao gom|non inclus|nicht enthalten"
    "|nicht inbegriffen|no incluye|no incluido|non incluso|nao inclui|tidak termasuk",
    "included": "included|includes|inclusions|inclusion|what s included|whats included"
    "|price includes|bao gom|gia bao gom|dich vu bao gom|inclus|enthalten|inbegriffen|leistungen"
    "|incluye|incluido|incluso|inclui|termasuk",
    "notes": "notes|note|remarks|important|good to know|know before you go|terms|conditions"
    "|terms and conditions|policy|policies|requirements|restrictions|ghi chu|luu y|chu y"
    "|dieu kien|dieu khoan|chinh sach|quy dinh|remarques|hinweise|notas|condiciones|catatan",
    "itinerary": "itinerary|itineraries|programme|program|schedule|day by day|plan|agenda"
    "|lich trinh|chuong trinh|hanh trinh|itineraire|programme detaille|reiseverlauf|programm"
    "|itinerario|programa|programma|roteiro|jadwal|行程|日程",
    "highlights": "highlights|highlight|top sights|what you will do|things to do|trai nghiem"
    "|diem nhan|diem noi bat|noi bat|points forts|hoehepunkte|destacados|lo mas destacado"
    "|punti salienti|destaques",
}
"""Columns of long texts; the first kind that a name fits is the one."""

HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "excluded": ("Not included", "Không bao gồm"),
    "included": ("Included", "Giá bao gồm"),
    "notes": ("Notes", "Lưu ý"),
}
"""What is put over such a text, in English and in Vietnamese."""

GENERIC: Final = (
    "name|title|value|values|text|label|url|link|image|code|type|id|description|details|amount"
    "|price|date|dates|start|end|from|to|min|max|number|ten|gia|ngay"
)
"""Names that say little without the object or the file that they stand in."""

ASIDE: Final[Mapping[str, str]] = {
    "price": "deposit|full|original|old|before|was|list|child|children|infant|kid|baby|tax|fee"
    "|emi|commission|discount|saving|savings|supplement|surcharge|coc|goc|cu|tre|em|phu|age|giam"
    "|currency|total|strike|cancel",
    "available": "created|updated|modified|published|scraped|crawled|posted|inserted|deleted"
    "|tao|cap|dang|review|birth|expiry",
    "title": "brand|company|operator|supplier|provider|region|guide|room|option|category|seo|meta"
    "|file|author|currency|place|hang",
    "name": "brand|company|operator|supplier|provider|region|room|option|chain|category|seo|meta",
    "description": "meta|seo|image|short|rating",
    "url": "image|img|photo|picture|thumb|thumbnail|logo|video|icon|map|avatar|anh|hinh",
    "image": "alt|caption|count|width|height|map|id",
    "id": "season|brand|source|type|fk|parent|option|country|category|user|supplier|provider|geo"
    "|place|city|region|currency|zip|postal|tax",
    "duration": "age|price|child|infant|count|opening|start|end|check|created|updated|cancel"
    "|pickup|validity|departure|arrival",
    "rating": "count|total|number|source|star|stars|so|luot",
    "stars": "count|review|reviews|user|guest",
    "reviews": "rating|score|source|text",
    "locations": "end|start|departure|return|meeting|pickup|pick|drop|id|code|latitude|longitude"
    "|lat|lng|lon|image|count|currency",
    "country": "code|phone|id",
    "language": "code",
    "accommodation": "id|price|url|image|star|stars|rating",
    "city": "id|code|distance",
    "address": "email|mail|ip|url",
    "activities": "room|bed|option|vehicle|currency|level|id|price|duration|date|status|product",
}
"""Words in a name that speak against a field."""

PERSONAL: Final = (
    "email|emails|e mail|mail|phone|phones|telephone|tel|mobile|cell|whatsapp|zalo|fax|passport"
    "|ssn|birthday|date of birth|password|token|secret|api key|dien thoai|so dien thoai|sdt"
    "|lien he|telefon|telefono|telephone|contact|contacts|hotline|customer name|mat khau"
)
"""Columns of people and of secrets."""
OPEN: Final = "available|open|active|yes|true|bookable|in stock|1|con cho|con trong|con"
"""Words by which a list of departures tells those that can still be booked."""
