import unicodedata
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.places.keys import key, marks
from core.places.schemas import Place, PlaceKind
from core.places.service import Gazetteer, gazetteer
from core.places.store import PLACES_FILE, Store
from core.places.supplement import SUPPLEMENT_FILE, read_supplement
from core.text import without_diacritics


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return gazetteer()


def _found(places: Gazetteer, name: str, country: str | None = None) -> Place:
    place = places.find(name, country)
    assert place is not None, name
    return place


FOUND = [
    ("Da Nag", "Đà Nẵng"),
    ("Hoi Ann", "Hội An"),
    ("hoi am", "Hội An"),
    ("Sappa", "Sa Pa"),
    ("sa paa", "Sa Pa"),
    ("Phu Qoc", "Phú Quốc"),
    ("ha lon", "Hạ Long"),
    ("Nha Tran", "Nha Trang"),
    ("Hanio", "Hà Nội"),
    ("ha nio", "Hà Nội"),
    ("chua doc", "Châu Đốc"),
    ("Dubia", "Dubai"),
    ("mii ne", "Mũi Né"),
    ("vung tsu", "Vũng Tàu"),
    ("Balli", "Bali"),
    ("Pukhet", "Phuket"),
    ("Bombay", "Mumbai"),
    ("Calcutta", "Kolkata"),
    ("Rangoon", "Yangon"),
    ("Tourane", "Đà Nẵng"),
    ("Faifo", "Hội An"),
    ("Cochinchina", "Southern Vietnam"),
    ("Siam", "Thailand"),
    ("Persia", "Iran"),
    ("Cape Comorin", "Kanniyakumari"),
    ("河内", "Hà Nội"),
    ("하노이", "Hà Nội"),
    ("Ханой", "Hà Nội"),
    ("ハノイ", "Hà Nội"),
    ("ฮานอย", "Hà Nội"),
    ("हनोई", "Hà Nội"),
    ("दिल्ली", "Delhi"),
    ("जयपुर", "Jaipur"),
    ("دبي", "Dubai"),
    ("वियतनाम", "Vietnam"),
    ("Chamonix", "Chamonix-Mont-Blanc"),
    ("Hà Tây", "Hà Nội"),
    ("Koh Mook", "Koh Mook"),
    ("Kalambaka", "Kalambaka"),
    ("Nah Trang", "Nha Trang"),
    ("Buon Ma Thuoc", "Buôn Ma Thuột"),
    ("Vientaine", "Vientiane"),
    ("Mont Saint Michel", "Mont-Saint-Michel"),
    ("Sapa", "Sa Pa"),
    ("Ha Long bay", "Hạ Long"),
    ("halong", "Hạ Long"),
    ("Vịnh Hạ Long", "Hạ Long"),
    ("Phong nha - ke bang", "Phong Nha"),
    ("Cat Ba island", "Cát Bà"),
    ("Mai chau", "Mai Châu"),
    ("Ban Gioc waterfall", "Thác Bản Giốc"),
    ("Hà Giang Loop", "Hà Giang"),
    ("ha giang city", "Hà Giang"),
    ("Da Lat", "Đà Lạt"),
    ("Dalat city", "Đà Lạt"),
    ("Buon Me Thuot", "Buôn Ma Thuột"),
    ("TPHCM", "TP. Hồ Chí Minh"),
    ("HCMC", "TP. Hồ Chí Minh"),
    ("Sai gon", "TP. Hồ Chí Minh"),
    ("Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"),
    ("Thanh pho Ho Chi Minh", "TP. Hồ Chí Minh"),
    ("Hanoi Old Quarter", "Hà Nội"),
    ("Ninh Binh", "Ninh Bình"),
    ("Tam Coc", "Tam Cốc"),
    ("Trang An", "Tràng An"),
    ("Hue Imperial City", "Huế"),
    ("Mui Ne", "Mũi Né"),
    ("Con Dao", "Côn Đảo"),
    ("Phu Quoc Island", "Phú Quốc"),
    ("Can Tho", "Cần Thơ"),
    ("Chau Doc", "Châu Đốc"),
    ("Cai Rang floating market", "Cái Răng"),
    ("My Son", "Mỹ Sơn"),
    ("Marble Mountains", "Ngũ Hành Sơn"),
    ("Ba Na Hills", "Bà Nà Hills"),
    ("Bana Hills", "Bà Nà Hills"),
    ("Lan Ha bay", "Vịnh Lan Hạ"),
    ("Cu Chi Tunnels", "Củ Chi"),
    ("Cúc Phương National Park", "Cúc Phương"),
    ("VQG Cúc Phương", "Cúc Phương"),
    ("Yên Tử", "Yên Tử"),
    ("Đường Lâm", "Đường Lâm"),
    ("Bát Tràng", "Bát Tràng"),
    ("Mù Cang Chải", "Mù Cang Chải"),
    ("mu cang chai", "Mù Cang Chải"),
    ("Moc Chau", "Mộc Châu"),
    ("Pu Luong", "Pù Luông"),
    ("Lak Lake", "Hồ Lắk"),
    ("Kon Tum", "Kon Tum"),
    ("Ly Son island", "Lý Sơn"),
    ("Quy Nhon", "Quy Nhơn"),
    ("Phu Yen", "Phú Yên"),
    ("Nha trang", "Nha Trang"),
    ("Vung Tau", "Vũng Tàu"),
    ("Ho Tram", "Hồ Tràm"),
    ("Ben Tre", "Bến Tre"),
    ("My Tho", "Mỹ Tho"),
    ("Sa Dec", "Sa Đéc"),
    ("Ha Tien", "Hà Tiên"),
    ("Ca Mau", "Cà Mau"),
    ("Tay Ninh", "Tây Ninh"),
    ("Siem Reap", "Siem Reap"),
    ("Xiêm Riệp", "Siem Reap"),
    ("Angkor wat", "Angkor"),
    ("Phnompenh", "Phnom Penh"),
    ("Nam Vang", "Phnom Penh"),
    ("Luang Prabang", "Luang Prabang"),
    ("Luangprabang", "Luang Prabang"),
    ("Vangvieng", "Vang Vieng"),
    ("Viêng Chăn", "Vientiane"),
    ("4000 islands", "4000 Islands"),
    ("Bangkok", "Bangkok"),
    ("Băng Cốc", "Bangkok"),
    ("Chiang mai", "Chiang Mai"),
    ("Chieng Mai", "Chiang Mai"),
    ("Phuket", "Phuket"),
    ("Koh Samui", "Koh Samui"),
    ("Ko Samui", "Koh Samui"),
    ("Koh Phi Phi", "Phi Phi Islands"),
    ("Krabi", "Krabi"),
    ("Bali", "Bali"),
    ("Ubud", "Ubud"),
    ("Bagan", "Bagan"),
    ("Inle lake", "Inle Lake"),
    ("Trương Gia Giới", "Zhangjiajie"),
    ("Lệ Giang", "Lijiang"),
    ("Phượng Hoàng Cổ Trấn", "Fenghuang"),
    ("Guilin", "Guilin"),
    ("Singapore", "Singapore"),
    ("Kuala Lumpur", "Kuala Lumpur"),
    ("Paris", "Paris"),
    ("Rome", "Rome"),
    ("Venice", "Venice"),
    ("Florence", "Florence"),
    ("Tuscany", "Tuscany"),
    ("Vienna", "Vienna"),
    ("Nice", "Nice"),
    ("Munich", "Munich"),
    ("Prague", "Prague"),
    ("Machu Picchu", "Machu Picchu"),
    ("Machu Pichu", "Machu Picchu"),
    ("Galapagos", "Galápagos Islands"),
    ("Patagonia", "Patagonia"),
    ("Provence", "Provence"),
    ("Andalusia", "Andalusia"),
    ("Scottish Highlands", "Scottish Highlands"),
    ("Serengeti National Park", "Serengeti"),
    ("Kruger National Park", "Kruger"),
    ("Denali", "Denali"),
    ("Denali National Park", "Denali"),
    ("Yosemite", "Yosemite"),
    ("Manali", "Manali"),
    ("Leh", "Leh"),
    ("Munnar", "Munnar"),
    ("Goa", "Goa"),
    ("Kerala", "Kerala"),
    ("Rajasthan", "Rajasthan"),
    ("Ooty", "Ooty"),
    ("Alleppey", "Alappuzha"),
    ("Jaipur", "Jaipur"),
    ("Rishikesh", "Rishikesh"),
    ("Shimla", "Shimla"),
    ("Queenstown", "Queenstown"),
    ("Zermatt", "Zermatt"),
    ("Interlaken", "Interlaken"),
    ("Hallstatt", "Hallstatt"),
    ("Positano", "Positano"),
    ("Dubrovnik", "Dubrovnik"),
    ("Santorini", "Santorini"),
    ("Cappadocia", "Cappadocia"),
    ("Petra", "Petra"),
    ("Cairo", "Cairo"),
    ("Zanzibar", "Zanzibar"),
    ("Cape Town", "Cape Town"),
    ("Kyoto", "Kyoto"),
    ("Tokyo", "Tokyo"),
    ("Nhật Bản", "Japan"),
    ("Hàn Quốc", "South Korea"),
    ("Thái Lan", "Thailand"),
    ("Campuchia", "Cambodia"),
    ("Lào", "Laos"),
    ("Trung Quốc", "China"),
    ("Vietnam", "Vietnam"),
    ("Mỹ", "United States"),
    ("hanoii", "Hà Nội"),
    ("Danag", "Đà Nẵng"),
    ("Hoi Ann", "Hội An"),
    ("Nha Tranh", "Nha Trang"),
    ("Sappa", "Sa Pa"),
    ("Ho Chi Min City", "TP. Hồ Chí Minh"),
    ("Phu Quok", "Phú Quốc"),
    ("Luang Prabhang", "Luang Prabang"),
    ("Siam Reap", "Siem Reap"),
    ("Bankok", "Bangkok"),
    ("Pnom Penh", "Phnom Penh"),
    ("Ninh Bin", "Ninh Bình"),
    ("Mekong Detla", "Mekong Delta"),
    ("Barcelonna", "Barcelona"),
    ("Amsterdan", "Amsterdam"),
    ("Istambul", "Istanbul"),
    ("miền Tây", "Mekong Delta"),
    ("Tây Nguyên", "Central Highlands"),
    ("Đông Bắc", "Northeast Vietnam"),
    ("Tây Bắc", "Northwest Vietnam"),
    ("northern vietnam", "Northern Vietnam"),
    ("Đồng bằng sông Cửu Long", "Mekong Delta"),
    ("Đông Nam Á", "Southeast Asia"),
    ("河内", "Hà Nội"),
    ("胡志明市", "TP. Hồ Chí Minh"),
    ("下龙湾", "Hạ Long"),
    ("岘港", "Đà Nẵng"),
    ("하노이", "Hà Nội"),
    ("다낭", "Đà Nẵng"),
    ("ハノイ", "Hà Nội"),
    ("Ханой", "Hà Nội"),
    ("Tourane", "Đà Nẵng"),
    ("Faifo", "Hội An"),
    ("Annam", "Central Vietnam"),
    ("thị xã Sa Pa", "Sa Pa"),
    ("TP Huế", "Huế"),
    ("TP. Vinh", "Vinh"),
    ("Sa Pa, Lào Cai", "Sa Pa"),
    ("Hoi An, Vietnam", "Hội An"),
    ("Buôn Đôn", "Buôn Đôn"),
    ("Thác Dray Nur", "Thác Dray Nur"),
    ("Đảo Bình Ba", "Bình Ba"),
    ("Hồ Ba Bể", "Hồ Ba Bể"),
    ("Cần Giờ", "Cần Giờ"),
    ("Đà Lat", "Đà Lạt"),
    ("Quảng Bình", "Quảng Bình"),
    ("Thừa Thiên Huế", "Thừa Thiên Huế"),
    ("Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu"),
    ("Đăk Lăk", "Đắk Lắk"),
    ("Dak Lak", "Đắk Lắk"),
    ("Lai Châu", "Lai Châu"),
]


@pytest.mark.parametrize(("written", "name"), FOUND)
def test_a_name_as_people_write_it_finds_the_place(
    places: Gazetteer, written: str, name: str
) -> None:
    assert _found(places, written).name == name


VIETNAMESE = [name for _, name in FOUND if marks(name)]


@pytest.mark.parametrize("name", sorted(set(VIETNAMESE)))
def test_a_vietnamese_name_is_found_in_any_form(places: Gazetteer, name: str) -> None:
    expected = _found(places, name)
    for written in (
        without_diacritics(name),
        name.upper(),
        without_diacritics(name).lower(),
        unicodedata.normalize("NFD", name),
        f"  {name} ",
    ):
        assert places.find(written) == expected, written


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "!!!",
        "xyz",
        "asdfgh",
        "5 days",
        "hotel",
        "vegetarian",
        "cat a",
        "a" * 5000,
        "\x00",
        "\ud800",
    ],
)
def test_what_is_no_name_finds_nothing(places: Gazetteer, name: str) -> None:
    assert places.find(name) is None


@pytest.mark.parametrize(
    ("name", "country", "expected_country"),
    [
        ("Paris", None, "FR"),
        ("Paris", "US", "US"),
        ("Paris, TX", None, "US"),
        ("Paris", "Hoa Kỳ", "US"),
        ("Paris", "VN", "FR"),
        ("Granada", "Nicaragua", "NI"),
        ("Granada", None, "ES"),
        ("Cambridge, Massachusetts", None, "US"),
        ("Cambridge", "United Kingdom", "GB"),
        ("Georgia", None, "GE"),
        ("Georgia", "USA", "US"),
        ("Vinh", None, "VN"),
        ("Milan", None, "IT"),
        ("Hoi An (Vietnam)", None, "VN"),
    ],
)
def test_the_country_breaks_ties_and_never_forbids(
    places: Gazetteer, name: str, country: str | None, expected_country: str
) -> None:
    assert _found(places, name, country).country == expected_country


def test_a_misspelt_name_is_not_sought_in_another_country(places: Gazetteer) -> None:
    assert places.find("Barcelonna", "Vietnam") is None
    assert _found(places, "Barcelonna", "Spain").name == "Barcelona"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tỉnh Lào Cai", PlaceKind.PROVINCE),
        ("thành phố Lào Cai", PlaceKind.CITY),
        ("Ha Giang province", PlaceKind.PROVINCE),
        ("Ha Giang City", PlaceKind.CITY),
        ("Việt Nam", PlaceKind.COUNTRY),
        ("Mekong Delta", PlaceKind.REGION),
        ("Mã Pì Lèng", PlaceKind.SITE),
    ],
)
def test_a_generic_word_tells_the_kind_of_place(
    places: Gazetteer, name: str, kind: PlaceKind
) -> None:
    assert _found(places, name).kind is kind


def test_careful_diacritics_decide_between_names_that_fold_alike(places: Gazetteer) -> None:
    assert _found(places, "Cồn Sơn").id != _found(places, "Côn Sơn").id


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("Hà Giang", "Đồng Văn"),
        ("Hà Giang", "thành phố Hà Giang"),
        ("Tuyên Quang", "Hà Giang"),
        ("Tuyên Quang", "Mèo Vạc"),
        ("Lào Cai", "Sa Pa"),
        ("Lào Cai", "Mù Cang Chải"),
        ("Gia Lai", "Quy Nhơn"),
        ("Tây Nguyên", "Gia Lai"),
        ("Tây Nguyên", "Đà Lạt"),
        ("miền Tây", "Cái Bè"),
        ("Mekong Delta", "An Giang"),
        ("An Giang", "Phú Quốc"),
        ("Ninh Bình", "Tam Cốc"),
        ("Hà Nội", "Ba Vì"),
        ("Hải Phòng", "Cát Bà"),
        ("Cát Bà", "Lan Ha Bay"),
        ("Quảng Nam", "Hội An"),
        ("miền Trung", "Huế"),
        ("miền Bắc", "Hạ Long"),
        ("Vietnam", "Vũng Tàu"),
        ("Indochina", "Luang Prabang"),
        ("Southeast Asia", "Indochina"),
        ("Southeast Asia", "Bali"),
        ("Isan", "Udon Thani"),
        ("Siem Reap", "Angkor Wat"),
        ("Yunnan", "Lijiang"),
        ("Tuscany", "Siena"),
        ("Europe", "Tuscany"),
        ("California", "San Diego"),
        ("Rajasthan", "Udaipur"),
        ("Scotland", "Scottish Highlands"),
        ("United Kingdom", "Edinburgh"),
        ("Hà Nội", "Hà Nội"),
    ],
)
def test_a_place_contains_what_lies_in_it(places: Gazetteer, outer: str, inner: str) -> None:
    around, inside = _found(places, outer), _found(places, inner)
    assert places.contains(around, inside)
    assert around == inside or not places.contains(inside, around)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("Hà Giang", "Tuyên Quang"),
        ("Tây Nguyên", "Quy Nhơn"),
        ("Đà Nẵng", "Hội An"),
        ("TP. Hồ Chí Minh", "Côn Đảo"),
        ("Mekong Delta", "Hồ Chí Minh"),
        ("Indochina", "Bangkok"),
        ("Vietnam", "Siem Reap"),
    ],
)
def test_a_place_does_not_contain_its_neighbour(places: Gazetteer, outer: str, inner: str) -> None:
    assert not places.contains(_found(places, outer), _found(places, inner))


def test_the_provinces_of_before_and_after_the_merger_are_all_there() -> None:
    areas = [
        entry
        for entry in read_supplement().values()
        if entry.country == "VN" and entry.kind in {PlaceKind.PROVINCE, PlaceKind.CITY}
    ]
    codes = {code for entry in areas for code in entry.covers}
    assert len(codes) == 63
    inner = {entry.id for entry in areas if any(entry.covers < other.covers for other in areas)}
    today = {entry.covers for entry in areas if entry.covers and entry.id not in inner}
    assert len(today) == 34
    assert sum(map(len, today)) == 63


def test_every_vietnamese_town_lies_in_a_province_and_a_region(places: Gazetteer) -> None:
    vietnam = _found(places, "Vietnam")
    north, central, south = (_found(places, f"miền {side}") for side in ("Bắc", "Trung", "Nam"))
    towns = [p for p in places if p.country == "VN" and p.kind is PlaceKind.CITY]
    assert len(towns) > 500
    for town in towns:
        assert vietnam.id in town.parents, town
        regions = [region.name for region in (north, central, south) if region.id in town.parents]
        assert len(regions) == 1, (town, regions)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        ("Hà Nội", "TP. Hồ Chí Minh", 1140),
        ("Hà Nội", "Hạ Long", 130),
        ("Đà Nẵng", "Hội An", 24),
        ("Paris", "London", 344),
    ],
)
def test_distances_are_right(places: Gazetteer, a: str, b: str, km: float) -> None:
    one, other = _found(places, a), _found(places, b)
    assert places.distance_km(one, other) == pytest.approx(km, rel=0.05)
    assert places.distance_km(one, one) == 0
    assert places.distance_km(one, other) == pytest.approx(places.distance_km(other, one))


def test_places_can_be_told_by_id(places: Gazetteer) -> None:
    hue = _found(places, "Huế")
    assert places.get(hue.id) == hue
    assert places.get(-1) is None
    assert {"Huế", "Hue", "順化"} <= set(places.aliases(hue.id))
    assert places.aliases(-1) == ()


def test_every_place_is_sound_and_counted_once(places: Gazetteer) -> None:
    every = list(places)
    assert len(every) == len(places) == len({place.id for place in every})
    known = {place.id for place in every}
    for place in every:
        assert place.name.strip() == place.name != ""
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180
        assert known.issuperset(place.parents)
        assert place.id not in place.parents


def test_our_own_sights_lie_where_their_province_is(places: Gazetteer) -> None:
    near_enough_km = 170
    for entry in read_supplement().values():
        place = places.get(entry.id)
        assert place is not None
        provinces = [p for i in place.parents if (p := places.get(i)) and p.country == "VN"]
        provinces = [p for p in provinces if p.kind is PlaceKind.PROVINCE]
        if entry.kind is PlaceKind.SITE and provinces and entry.name not in FAR_ISLANDS:
            nearest = min(places.distance_km(place, province) for province in provinces)
            assert nearest < near_enough_km, place


FAR_ISLANDS = {"Hoàng Sa", "Trường Sa", "Thổ Chu"}


def test_our_own_file_repeats_no_id_and_no_alias() -> None:
    lines = SUPPLEMENT_FILE.read_text(encoding="utf-8").splitlines()[2:]
    ids = [line.split("\t")[0] for line in lines]
    assert len(ids) == len(set(ids)) == len(read_supplement())
    for entry in read_supplement().values():
        assert len(set(entry.aliases)) == len(entry.aliases), entry.name


def test_a_missing_or_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "places.tsv.gz"
    with pytest.raises(ConfigurationError, match=r"places\.tsv\.gz"):
        Store(broken)
    broken.write_bytes(PLACES_FILE.read_bytes()[:1000])
    with pytest.raises(ConfigurationError, match=r"places\.tsv\.gz"):
        Store(broken)
    with pytest.raises(ConfigurationError, match="supplement"):
        read_supplement(tmp_path / "supplement.tsv")


def test_a_key_forgets_case_diacritics_and_blanks() -> None:
    assert key("Sa Pa") == key("SAPA") == key("sa-pa") == "sapa"
    assert key("Ðà Nẵng") == key("Đà Nẵng") == "danang"
    assert marks("Hoà Bình") == marks("Hòa Bình")


MENTIONED = [
    ("Hue, 3 days", "Huế"),
    ("Hue, beaches and food", "Huế"),
    ("hue 3 ngay", "Huế"),
    ("Chile, 10 days", "Chile"),
    ("Java tour", "Java"),
    ("đi lào 4 ngày", "Laos"),
    ("toi muon di hoa binh", "Hòa Bình"),
    ("đi Hòa Bình cuối tuần", "Hòa Bình"),
    ("usa trip", "United States"),
    ("from Hanoi to Chau Doc", "Hà Nội,Châu Đốc"),
    ("từ Sơn La về Hà Nội", "Sơn La,Hà Nội"),
    ("a weekend in LA", "Los Angeles"),
    ("tour hàn quốc tết", "South Korea"),
    ("the Great Wall and Xi'an", "Great Wall of China,Xi'an"),
    ("Looking for a week in Sri Lanka with kids", "Sri Lanka"),
    ("bay từ TP.HCM ra Đà Nẵng rồi đi Huế", "TP. Hồ Chí Minh,Đà Nẵng,Huế"),
    ("phan thiet mui ne 2n1d xe jeep", "Phan Thiết,Mũi Né"),
    ("đồng văn mèo vạc mã pì lèng", "Đồng Văn,Mèo Vạc,Mã Pì Lèng"),
    ("je voudrais visiter la baie d'Along et Saïgon", "Hạ Long,TP. Hồ Chí Minh"),
    ("sunrise in the Mediterranean", "Mediterranean"),
    ("5 days around Ha Long and Sapa, under 400 USD, vegetarian food", "Hạ Long,Sa Pa"),
    ("i want to go to hanoi then ninh binh and ha long for 4 days", "Hà Nội,Ninh Bình,Hạ Long"),
    ("Tôi muốn đi Đà Nẵng - Hội An 4 ngày 3 đêm", "Đà Nẵng,Hội An"),
    ("toi muon di da nang hoi an 4 ngay 3 dem", "Đà Nẵng,Hội An"),
    ("tour mien tay 2 ngay 1 dem tu sai gon", "Mekong Delta,TP. Hồ Chí Minh"),
    ("cho minh hoi tour phu quoc gia re", "Phú Quốc"),
    ("có tour nào đi hà giang bằng xe máy không", "Hà Giang"),
    ("co tour ha giang loop bang xe may khong", "Hà Giang"),
    ("We'd love a cruise in Lan Ha Bay, not Ha Long Bay", "Vịnh Lan Hạ,Hạ Long"),
    ("kayaking near cat ba island", "Cát Bà"),
    ("Trekking in Pu Luong and Mai Chau", "Pù Luông,Mai Châu"),
    ("từ Huế đi Phong Nha bao xa", "Huế,Phong Nha"),
    ("hue to hoi an by motorbike", "Huế,Hội An"),
    ("3 ngày ở huế", "Huế"),
    ("food tour in saigon", "TP. Hồ Chí Minh"),
    ("mekong delta day trip from hcmc", "Mekong Delta,TP. Hồ Chí Minh"),
    ("sunrise at angkor wat, then phnom penh", "Angkor,Phnom Penh"),
    ("Luang Prabang and Vang Vieng slow boat", "Luang Prabang,Vang Vieng"),
    ("chiang mai elephants", "Chiang Mai"),
    ("bangkok 3 days street food", "Bangkok"),
    ("Đi Đà Lạt săn mây mùa này được không?", "Đà Lạt"),
    ("DA LAT 3N2D", "Đà Lạt"),
    ("ĐÀ NẴNG 3N2Đ", "Đà Nẵng"),
    ("we land in SGN, 2 nights in Ho Chi Minh City", "TP. Hồ Chí Minh"),
    ("Two weeks in Vietnam and Cambodia", "Vietnam,Cambodia"),
    ("tour Nhật Bản mùa hoa anh đào", "Japan"),
    ("Hàn Quốc 5 ngày 4 đêm", "South Korea"),
    ("du lịch Thái Lan: Bangkok - Pattaya", "Thailand,Bangkok,Pattaya"),
    ("honeymoon in Bali or Phuket", "Bali,Phuket"),
    ("Rome, Florence and Venice by train", "Rome,Florence,Venice"),
    ("A week in Tuscany and Cinque Terre", "Tuscany,Cinque Terre"),
    ("from Nice to Monaco", "Nice,Monaco"),
    ("flights from Sydney to Hanoi", "Sydney,Hà Nội"),
    ("quy nhon va phu yen", "Quy Nhơn,Phú Yên"),
    ("con dao 3 ngay", "Côn Đảo"),
    ("ban gioc waterfall and ba be lake", "Thác Bản Giốc,Hồ Ba Bể"),
    ("lên Mộc Châu ngắm hoa mận", "Mộc Châu"),
    ("ruộng bậc thang Mù Cang Chải tháng 9", "Mù Cang Chải"),
    ("tây bắc 6 ngày", "Northwest Vietnam"),
    ("tây nguyên mùa cà phê", "Central Highlands"),
    ("miền Bắc hay miền Trung thì hợp tháng 12?", "Northern Vietnam,Central Vietnam"),
    ("northern vietnam road trip", "Northern Vietnam"),
    ("halong bay or sappa", "Hạ Long,Sa Pa"),
    ("da nag beach holiday", "Đà Nẵng"),
    ("phu quok resort", "Phú Quốc"),
    ("ho chi min city", "TP. Hồ Chí Minh"),
    ("hoian lanterns", "Hội An"),
    ("nha trnag snorkeling", "Nha Trang"),
    ("ninh bihn boat tour", "Ninh Bình"),
    ("dalat coffee", "Đà Lạt"),
    ("can tho floating market", "Cần Thơ"),
    ("chau doc to phnom penh speedboat", "Châu Đốc,Phnom Penh"),
    ("Cái Bè - Vĩnh Long - Cần Thơ", "Cái Bè,Vĩnh Long,Cần Thơ"),
    ("Machu Picchu and the Amazon", "Machu Picchu,Amazon"),
    ("safari in the Serengeti", "Serengeti"),
    ("London and the Scottish Highlands", "London,Scottish Highlands"),
    ("河内和下龙湾四天", "Hà Nội,Hạ Long"),
    ("하노이에서 다낭까지", "Hà Nội,Đà Nẵng"),
    ("Tour TP.HCM – Vũng Tàu", "TP. Hồ Chí Minh,Vũng Tàu"),
    ("thanh hóa, nghệ an, hà tĩnh", "Thanh Hóa,Nghệ An,Hà Tĩnh"),
    ("đảo Lý Sơn và đảo Bé", "Lý Sơn"),
    ("Is there a train to Lao Cai?", "Lào Cai"),
    ("nothing in vinh please, but around phong nha", "Vinh,Phong Nha"),
    ("pai and chiang rai", "Pai,Chiang Rai"),
    ("tour ở Vinh", "Vinh"),
    ("Lodging near Hoan Kiem lake", "Hồ Hoàn Kiếm"),
    ("khách sạn gần Hồ Gươm", "Hồ Hoàn Kiếm"),
    ("What about Mui Ne instead of Nha Trang?", "Mũi Né,Nha Trang"),
    ("đi hải phòng ăn bánh đa cua", "Hải Phòng"),
    ("gần sân bay Nội Bài", "Nội Bài"),
]


@pytest.mark.parametrize(("text", "names"), MENTIONED)
def test_the_places_of_a_message_are_found_in_order(
    places: Gazetteer, text: str, names: str
) -> None:
    assert [mention.place.name for mention in places.mentions(text)] == names.split(",")


ORDINARY = [
    "Turkey, please",
    "Cork board and a nice frame",
    "The pool is an extra",
    "breakfast is served daily",
    "as long as there is a pool",
    "papaya salad with cardamom",
    "nhà máy thủy điện",
    "đường thốt nốt",
    "La dolce vita",
    "We visited the Old Town and the National Park",
    "Mr Tran and Ms Ho",
    "We had a nice time at the beach",
    "I need a bath and a good reading light",
    "a deep hue of blue over the water",
    "The hues of the sunset were lovely",
    "My son is ten and my daughter is six",
    "Is the food vegan or vegetarian?",
    "We are two adults and a kid",
    "How much is it per person?",
    "Something cheaper please, under 300 dollars",
    "Can we go by train instead of bus?",
    "most of the tours are too long",
    "I want to split the payment",
    "Book it for May or June",
    "Can I have it in March?",
    "Sunday is fine, but not in the morning",
    "Thanks, that is perfect",
    "Show me more like the second one",
    "Do you have a van for eight people?",
    "The man at the hotel was kind",
    "Pause the messages until next month",
    "Stop",
    "delete my data please",
    "Is breakfast included in the price?",
    "we like hiking, cycling and kayaking",
    "A private guide who speaks English",
    "Nothing too early, we have a baby",
    "same day trip, please",
    "We love seafood, rice and spring rolls",
    "Which one has the best reviews?",
    "I am allergic to peanuts",
    "What time does the boat leave?",
    "Nice!",
    "Great, book number 2",
    "Small group, no shopping stops",
    "Xin chào, mình cần tư vấn tour",
    "tour nào rẻ nhất vậy",
    "tour nao re nhat vay ban",
    "ăn chay được không",
    "an chay duoc khong",
    "cho mình hỏi giá bao nhiêu",
    "cho minh hoi gia bao nhieu",
    "mai mình đi được không",
    "mai minh di duoc khong",
    "có món chay cho cả nhà không",
    "di bang may bay hay xe khach",
    "đi bằng máy bay hay xe khách",
    "gia đình mình có hai bé nhỏ",
    "gia dinh minh co hai be nho",
    "3 ngày 2 đêm dưới 5 triệu",
    "3 ngay 2 dem duoi 5 trieu",
    "cảm ơn em nhiều nha",
    "cam on em nhieu nha",
    "khách sạn gần biển, có hồ bơi",
    "khach san gan bien co ho boi",
    "tour này có bao gồm ăn sáng không",
    "đổi sang ngày khác được không",
    "doi sang ngay khac duoc khong",
    "con mình sáu tuổi thì tính tiền sao",
    "la gi vay",
    "cái đó là gì vậy",
    "di an o dau ngon",
    "chợ lớn nhất ở đâu",
    "chủ nhật này còn chỗ không",
    "Chủ Nhật này còn chỗ không",
    "anh Sơn ơi, cho em hỏi tí",
    "chị Mai đặt tour rồi",
    "hòa bình và yên tĩnh",
    "bình minh trên biển đẹp quá",
    "người Pháp nói tiếng Anh",
    "muốn xem thêm tour tương tự",
    "không thích đi bộ nhiều",
    "bỏ mấy tour có leo núi",
    "hai người lớn một trẻ em",
    "ngon bổ rẻ nhé",
    "mùa nào đẹp nhất",
    "tháng mười hai trời lạnh không",
    "thanh toán bằng thẻ được chứ",
    "The main dish was a salad with turkey",
    "pay half now and half later",
    "my budget is about 20 million dong",
    "I'd rather have a mobile home",
    "orange juice and a banana",
    "Good morning, are you open today?",
    "Anything with a pool, a garden or a view",
    "can you send a sample menu",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_no_places(places: Gazetteer, text: str) -> None:
    assert places.mentions(text) == []


@pytest.mark.parametrize("text", [text for text, _ in MENTIONED])
def test_offsets_point_at_what_was_written(places: Gazetteer, text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    composed = unicodedata.normalize("NFC", text)
    end = 0
    for mention in places.mentions(decomposed):
        assert composed[mention.start : mention.end] == mention.text
        assert mention.start >= end
        end = mention.end
    assert places.mentions(decomposed) == places.mentions(composed)


@pytest.mark.parametrize("text", ["", " ", "\x00", "🏝️" * 50, "a" * 3000, "-" * 500, "Hà " * 500])
def test_strange_text_does_no_harm(places: Gazetteer, text: str) -> None:
    assert places.mentions(text) == []


@pytest.mark.parametrize(
    ("name", "english", "vietnamese"),
    [
        ("Japan", "Japan", "Nhật Bản"),
        ("miền Trung", "Central Vietnam", "Miền Trung"),
        ("Sapa", "Sa Pa", "Sa Pa"),
        ("Tuscany", "Tuscany", "Tuscany"),
    ],
)
def test_countries_and_regions_have_a_name_in_each_language(
    name: str, english: str, vietnamese: str
) -> None:
    place = gazetteer().find(name)
    assert place is not None
    assert gazetteer().name_in(place, "en") == english
    assert gazetteer().name_in(place, "vi") == vietnamese


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("we are thinking of Matheran for 6 days", "Matheran"),
        ("considering Kalimpong or Pelling", "Kalimpong,Pelling"),
        ("planning on Lugano", "Lugano"),
        ("jaipur jodhpur jaisalmer", "Jaipur,Jodhpur,Jaisalmer"),
        ("South Goa for 5 days", "South Goa"),
        ("Mount Abu, 2 nights", "Mount Abu"),
        ("Barclona in May", "Barcelona"),
        ("tour Pháp Thuỵ Sĩ Ý", "France,Switzerland,Italy"),
    ],
)
def test_small_towns_that_travellers_know_are_found(
    places: Gazetteer, text: str, names: str
) -> None:
    assert [mention.place.name for mention in places.mentions(text)] == names.split(",")


@pytest.mark.parametrize(
    "text", ["speak german", "tuscan wine", "the samurai district", "Austrian lakes"]
)
def test_a_word_of_its_own_is_no_slip(places: Gazetteer, text: str) -> None:
    assert places.mentions(text) == []


@pytest.mark.parametrize("text", ["Igatpuri: 3 days", "Igatpuri, 3 days", "3 days Igatpuri"])
def test_a_wish_names_its_place(places: Gazetteer, text: str) -> None:
    assert [m.place.name for m in places.mentions(text, of_a_wish=True)] == ["Igatpuri"]
    assert places.mentions(text) == []


@pytest.mark.parametrize(
    "text",
    ["Surprise, 3 days", "3 days with Igatpuri please", "Igatpuri likes beaches, 3 days in Hue"],
)
def test_not_every_capital_of_a_wish_is_its_place(places: Gazetteer, text: str) -> None:
    found = {mention.place.name for mention in places.mentions(text, of_a_wish=True)}
    assert found <= {"Huế"}


def test_a_part_of_a_state_lies_in_it(places: Gazetteer) -> None:
    for part in ("North Goa", "South Goa"):
        assert places.contains(_found(places, "Goa"), _found(places, part))
    assert not places.contains(_found(places, "South Goa"), _found(places, "North Goa"))
    assert places.contains(_found(places, "South Goa"), _found(places, "Madgaon"))


@pytest.mark.parametrize("name", ["Tawang", "Canggu", "Kawaguchiko", "Araku Valley"])
def test_a_name_that_is_known_is_not_taken_for_a_neighbour_of_its_letters(
    places: Gazetteer, name: str
) -> None:
    assert _found(places, name).name == name
