"""One wish in two languages gives the same interests."""

import unicodedata

import pytest

from conversation.understanding import Understanding, understand
from core.text import without_diacritics

PAIRS = [
    ("5 days around Ha Long and Sapa, vegetarian food, under 400 USD",
     "5 ngày quanh Hạ Long và Sa Pa, ăn chay, dưới 400 USD"),
    ("I want to go to Da Lat for 3 days by sleeper bus",
     "Tôi muốn đi Đà Lạt 3 ngày bằng xe giường nằm"),
    ("a week in Phu Quoc, snorkelling and seafood",
     "một tuần ở Phú Quốc, lặn ngắm san hô và hải sản"),
    ("Hoi An for two weeks, cooking class, max 20 million dong",
     "Hội An hai tuần, lớp học nấu ăn, tối đa 20 triệu đồng"),
    ("trekking in Sapa, homestay, 2 days 1 night", "trekking ở Sa Pa, homestay, 2 ngày 1 đêm"),
    ("Da Nang between 5 and 7 million VND", "Đà Nẵng từ 5 đến 7 triệu"),
    ("from Hanoi to Sapa by train", "từ Hà Nội đi Sa Pa bằng tàu hoả"),
    ("Ninh Binh for the weekend, not Hanoi", "cuối tuần đi Ninh Bình, trừ Hà Nội"),
    ("Nha Trang 4 nights with the family", "Nha Trang 4 đêm cùng gia đình"),
    ("honeymoon in Da Nang, 5 days", "trăng mật ở Đà Nẵng, 5 ngày"),
    ("half a day in Hue", "nửa ngày ở Huế"),
    ("Mekong Delta day trip, under 1 million dong", "miền Tây trong ngày, dưới 1 triệu đồng"),
    ("Hue and Hoi An, 3-5 days, 200 to 400 USD", "Huế và Hội An, 3-5 ngày, 200 đến 400 USD"),
    ("swimming in Cat Ba", "bơi lội ở Cát Bà"),
    ("Con Dao, whale watching, 4 days, 3.5 million VND",
     "Côn Đảo, ngắm cá voi, 4 ngày, 3,5 triệu"),
    ("Con Dao by plane, 3 nights", "Côn Đảo đi máy bay, 3 đêm"),
    ("Thailand, 5 days, vegan", "Thái Lan, 5 ngày, thuần chay"),
    ("caves in Phong Nha, 800 USD for 2 people", "hang động ở Phong Nha, 800 USD cho 2 người"),
    ("Ha Long without Hanoi, no flights, 3 days",
     "Hạ Long không đi Hà Nội, không đi máy bay, 3 ngày"),
    ("up to 7 days in northern Vietnam", "tối đa 7 ngày ở miền Bắc"),
    ("temples in Hue by bicycle", "chùa chiền ở Huế bằng xe đạp"),
    ("Quy Nhon, at least 4 days, 5-star hotel", "Quy Nhơn, ít nhất 4 ngày, khách sạn 5 sao"),
    ("cruise in Ha Long, 1 night, 250 euros", "du thuyền ở Hạ Long, 1 đêm, 250 euro"),
    ("waterfalls in Da Lat, private tour", "thác nước ở Đà Lạt, tour riêng"),
    ("halal food in Ho Chi Minh City, 3 hours", "đồ ăn halal ở TP.HCM, 3 tiếng"),
    ("beach, 4 days, 6 million dong", "đi biển, 4 ngày, 6 triệu"),
    ("street food in Saigon, 500 thousand dong", "ẩm thực đường phố ở Sài Gòn, 500 nghìn"),
    ("Ha Giang by motorbike, 3 days", "Hà Giang bằng xe máy, 3 ngày"),
    ("kayaking in Ha Long", "chèo kayak ở Hạ Long"),
    ("Hoi An, Tet holiday", "Hội An, dịp Tết"),
    ("young people, backpacking in Ha Giang", "bạn trẻ, đi phượt ở Hà Giang"),
    ("hiking in Sapa", "đi bộ đường dài ở Sa Pa"),
    ("Moc Chau, 2 days, 1.8 million dong", "Mộc Châu, 2 ngày, 1tr8"),
]  # fmt: skip


def told(found: Understanding) -> tuple[object, ...]:
    return found.interests, found.excluded, found.negated


@pytest.mark.parametrize(("english", "vietnamese"), PAIRS)
def test_both_languages_state_the_same_wish(english: str, vietnamese: str) -> None:
    wish = told(understand(english))
    assert not understand(english).interests.is_empty()
    assert told(understand(vietnamese)) == wish
    assert told(understand(vietnamese.upper())) == wish


@pytest.mark.parametrize(("english", "vietnamese"), PAIRS)
def test_diacritics_may_be_left_out_or_decomposed(english: str, vietnamese: str) -> None:
    wish = told(understand(english))
    assert told(understand(unicodedata.normalize("NFD", vietnamese))) == wish
    assert told(understand(without_diacritics(vietnamese))) == wish
