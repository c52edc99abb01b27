import pytest

from core.text import without_diacritics
from ingestion.normalising.language import detect_language

SENTENCES = {
    "en": "After breakfast we drive to the old town, where a local guide shows us the temples.",
    "vi": "Sau bữa sáng, đoàn khởi hành đi phố cổ, hướng dẫn viên đưa quý khách tham quan chùa.",
    "de": "Nach dem Frühstück fahren wir in die Altstadt und besichtigen die schönsten Tempel.",
    "fr": "Après le petit-déjeuner, départ vers la vieille ville et visite guidée des temples.",
    "es": "Después del desayuno salimos hacia el casco antiguo para visitar los templos.",
    "it": "Dopo la colazione partenza per la città vecchia e visita guidata dei templi.",
    "pt": "Depois do café da manhã seguimos para a cidade velha e visitamos os templos.",
    "nl": "Na het ontbijt rijden we naar de oude stad en bezoeken we de mooiste tempels.",
    "id": "Setelah sarapan kita berangkat menuju kota tua dan mengunjungi beberapa candi.",
    "ru": "После завтрака отправляемся в старый город, где гид покажет нам храмы.",
    "th": "หลังอาหารเช้าออกเดินทางไปยังเมืองเก่าและชมวัดสำคัญ",
    "ja": "朝食後、旧市街へ向かい、ガイドと一緒に寺院を見学します。",
    "ko": "아침 식사 후 구시가지로 이동하여 사원을 둘러봅니다.",
    "zh": "早餐后前往老城，由当地导游带领参观寺庙。",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_the_languages_of_travel_are_told_apart(language: str, sentence: str) -> None:
    assert detect_language(sentence) == language
    assert detect_language(sentence.upper()) == language


def test_vietnamese_is_told_without_its_diacritics() -> None:
    assert detect_language(without_diacritics(SENTENCES["vi"])) == "vi"
    assert detect_language("Du lich Da Nang Hoi An 3 ngay 2 dem") == "vi"
    assert detect_language("Khach san 3 sao, an sang") == "vi"


def test_vietnamese_names_do_not_make_english_vietnamese() -> None:
    assert detect_language("A day tour of Hội An and Mỹ Sơn from Đà Nẵng with lunch") == "en"


@pytest.mark.parametrize("text", ["", "12345", "Sapa", "Paris", "🏖️", "A1"])
def test_a_name_or_a_number_tells_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_a_very_long_text_is_told_by_its_beginning() -> None:
    assert detect_language(SENTENCES["fr"] * 100_000) == "fr"
