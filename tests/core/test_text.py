"""Texts as people type them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import fold, has_diacritics, tidy, without_diacritics


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("Hạ Long", "Ha Long"), ("Đà Nẵng", "Da Nang"), ("đường", "duong"), ("café", "cafe")],
)
def test_diacritics_go(typed: str, plain: str) -> None:
    assert without_diacritics(typed) == plain
    assert without_diacritics(unicodedata.normalize("NFD", typed)) == plain


def test_folding_ignores_case_diacritics_and_blanks() -> None:
    assert fold("  SA\u00a0 PẢ ") == fold("sa pa")


def test_both_unicode_forms_are_tidied_alike() -> None:
    assert tidy(unicodedata.normalize("NFD", "Huế\n\n đẹp")) == "Huế đẹp"


def test_plain_text_has_no_diacritics() -> None:
    assert has_diacritics("món chay")
    assert not has_diacritics("mon chay")


@given(st.text())
def test_what_is_tidied_can_be_stored_and_stays_tidy(text: str) -> None:
    once = tidy(text)
    assert "\0" not in once
    assert once.encode("utf-8").decode("utf-8") == once
    assert tidy(once) == once
