import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.normalising.text import LONGEST_TEXT, clean_name, clean_text, unpacked

VIETNAMESE = (
    "Quý khách dùng bữa sáng tại khách sạn rồi khởi hành đi vịnh Hạ Long, ngắm hòn Trống Mái;"
    " chiều về Hà Nội, tự do dạo phố cổ và thưởng thức chả cá Lã Vọng. ÂẤẦẨẪẬ ƯỨỪỬỮỰ ĐỘ ĂN UỐNG"
)


def test_html_becomes_lines_and_list_items() -> None:
    html = (
        "<style>p {color: red}</style><h2>Ngày 1</h2><p>Đón kh&aacute;ch&nbsp;tại\n sân bay.<br/>"
        "Ăn trưa.</p><ul class='a>b'><li>Vé tham quan</li><li>Nước uống</ul>"
        "<script>alert('x')</script><!-- hidden --><table><tr><td>1</td><td>2</td></tr></table>"
    )
    assert clean_text(html) == (
        "Ngày 1\n\nĐón khách tại sân bay.\nĂn trưa.\n\n- Vé tham quan\n- Nước uống\n\n1 2"
    )


@pytest.mark.parametrize(
    "text",
    ["under < 100 USD and > 50", "R&B night", "a <3 b", "5 < 6 & 7 > 3", "<Hà Nội>", "AT&T; more"],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert clean_text(text) == text


def test_text_escaped_twice_is_unescaped_twice() -> None:
    assert clean_text("&lt;p&gt;Fish &amp;amp; chips&lt;/p&gt;") == "Fish & chips"


def test_a_tag_cut_short_is_left_out() -> None:
    assert clean_text('Ngày 1: Huế <a href="https://exa') == "Ngày 1: Huế"


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("Viá»‡t Nam Ä‘áº¹p", "Việt Nam đẹp"),
        ("carpets and rugs â€“ and beaches", "carpets and rugs – and beaches"),
        ("HÃ¡ÂºÂ¡ Long", "Hạ Long"),
    ],
)
def test_text_decoded_by_the_wrong_code_page_is_mended(broken: str, mended: str) -> None:
    assert clean_text(broken) == mended


def test_right_vietnamese_is_left_alone_in_either_unicode_form() -> None:
    assert clean_text(VIETNAMESE) == VIETNAMESE
    assert clean_text(unicodedata.normalize("NFD", VIETNAMESE)) == VIETNAMESE
    assert clean_text(VIETNAMESE.upper()) == VIETNAMESE.upper()


def test_invisible_characters_go_and_emojis_stay_whole() -> None:
    assert clean_text("a\u200bb\u00ad c\x07\ufeff\u202e \u00a0 d\0") == "ab c d"
    assert clean_text("👨\u200d👩\u200d👧 family") == "👨\u200d👩\u200d👧 family"


def test_bullets_become_dashes_and_lines_are_kept() -> None:
    text = "• Xe đưa đón\r\n* Ăn trưa\r+ Vé\n– Nước\n✔ Bảo hiểm\n\n\n\n-5 độ\n+84 123\nA • B • C"
    assert clean_text(text) == (
        "- Xe đưa đón\n- Ăn trưa\n- Vé\n- Nước\n- Bảo hiểm\n\n-5 độ\n+84 123\nA\n- B\n- C"
    )


def test_lists_objects_numbers_and_dates_become_lines() -> None:
    value = ["Một", {"day": "NGÀY 1", "does": ["<b>Hai</b>", None, "null"]}, 3.0, 2.5, 7]
    assert clean_text(value) == "Một\nNGÀY 1\nHai\n3\n2.5\n7"
    assert clean_text(dt.date(2026, 2, 18)) == "2026-02-18"


def test_a_list_written_as_text_is_read_as_a_list() -> None:
    assert clean_text("['Breakfast', 'Free \"Wi-Fi\"']") == 'Breakfast\nFree "Wi-Fi"'
    assert clean_text('["a", {"b": "c"}]') == "a\nc"
    assert unpacked("[see below]") == "[see below]"
    assert unpacked("['cut short") == "['cut short"


@pytest.mark.parametrize(
    "value",
    [None, "", " \n ", "null", "None", "N/A", "nan", "-", "• ", float("nan"), [], [None, ""]],
)
def test_what_says_nothing_is_none(value: object) -> None:
    assert clean_text(value) is None
    assert clean_name(value) is None


def test_a_name_stands_on_one_line_with_its_capitals() -> None:
    assert clean_name(" TOUR  <b>HÀ GIANG</b>\n 3N2Đ ") == "TOUR HÀ GIANG 3N2Đ"
    assert clean_name("• Phở Bò") == "Phở Bò"


def test_what_is_no_text_or_too_long_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    with pytest.raises(ValueError, match="true or false"):
        clean_text(True)
    with pytest.raises(ValueError, match="deep"):
        clean_text(deep)
    with pytest.raises(ValueError, match="characters"):
        clean_text("x" * (LONGEST_TEXT + 1))
    with pytest.raises(ValueError, match="characters"):
        clean_text(["x" * (LONGEST_TEXT // 2)] * 3)


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<", "<a ", '<a title="', "<!--", "<script>", "<p<", "&", "&#9", "[", "• ", "- ", "*",
     "\u200d", "\n", " ", "Ã©", "á»™ ", "\u0301", "<b><p>", "<table><tr><td>", "['a',", "{'a':"],
)  # fmt: skip
def test_hostile_markup_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    text = (piece * (LONGEST_TEXT // 4 // len(piece))) + "x"
    cleaned = clean_text(text)
    assert cleaned is None or len(cleaned) <= len(text)
    with pytest.raises(ValueError, match="characters"):
        clean_text(piece * 10_000_000)


@given(st.text(max_size=300))
def test_clean_text_is_storable_and_has_no_odd_blanks(text: str) -> None:
    cleaned = clean_text(text)
    if cleaned is not None:
        cleaned.encode()
        assert cleaned == cleaned.strip()
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not {"\0", "\r", "\t", "\u00a0", "\u200b"} & set(cleaned)
        assert "  " not in cleaned
        assert "\n\n\n" not in cleaned


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=30) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_any_value_is_text_or_nothing(value: Any) -> None:
    name = clean_name(value)
    assert name is None or (name and "\n" not in name)
