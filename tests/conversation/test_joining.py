"""What is a code, or a request for a link, among all that travellers write."""

import random
import unicodedata
from typing import Literal

import pytest

from conversation.joining import asks_for_link, code_message, codes_in, link_message
from conversation.understanding.commands import whole_message
from core.codes.service import ALPHABET
from core.settings import settings
from core.wording import LANGUAGES
from tests.conversation.labelled import UTTERANCES, load

pytestmark = pytest.mark.usefixtures("configured")

LABELLED = sorted(path.stem for path in UTTERANCES.glob("*.jsonl"))


def some_codes(count: int) -> list[str]:
    chance = random.Random(20_261_124)
    signs = ["".join(chance.choices(ALPHABET, k=8)) for _ in range(count)]
    return [f"{each[:4]}-{each[4:]}" for each in signs]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_message_that_the_page_prepares_holds_its_code(
    language: str, form: Literal["NFC", "NFD"]
) -> None:
    for code in some_codes(300):
        message = unicodedata.normalize(form, code_message(language, code))
        first = codes_in(message)[0]
        assert first.code.upper() == code
        assert first.sure


def test_a_code_alone_is_found_with_its_dash_and_without() -> None:
    for code in some_codes(300):
        assert codes_in(code.lower())[0].code.upper() == code
        bare = code.replace("-", "")
        if not bare.isalpha() and not bare.isdecimal():
            assert codes_in(f"here it is: {bare}!")[0].code.upper() == code


@pytest.mark.parametrize(
    "text",
    [
        "homestay", "sapa 2026", "1500-2000", "15000000", "four-star hotels", "2026-12-24",
        "+84901234567", "what is the dress code for the four-star one?", "3 days, 2 people",
        "> code K7QM-2F9X\nwhat is this?", "K7QM-2F9X-AAAA", "xK7QM-2F9X", "",
    ],
)  # fmt: skip
def test_what_only_resembles_a_code_is_none(text: str) -> None:
    assert codes_in(text) == []


@pytest.mark.parametrize("name", LABELLED)
def test_nothing_that_travellers_write_is_surely_a_code_or_asks_for_a_link(name: str) -> None:
    messages = [turn.text for turn in load(name)]
    assert messages
    assert [text for text in messages if any(each.sure for each in codes_in(text))] == []
    assert [text for text in messages if asks_for_link(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_of_the_login_page_asks_for_a_link(language: str) -> None:
    sentence = link_message(language)
    for typed in (sentence, f" {sentence.upper()}!", unicodedata.normalize("NFD", sentence)):
        assert asks_for_link(typed)


@pytest.mark.parametrize("text", ["sign in", "Log in.", "LOGIN", "đăng nhập", "dang nhap"])
def test_commands_to_sign_in_are_none_of_the_conversation(text: str) -> None:
    assert asks_for_link(text)
    assert whole_message(text) is None


@pytest.mark.parametrize("text", ["log in to what?", "do I need to sign in to book?", "sign", ""])
def test_a_question_about_signing_in_is_no_request(text: str) -> None:
    assert not asks_for_link(text)


def test_the_words_of_the_business_do_not_make_a_code() -> None:
    assert codes_in(code_message("en", "").replace("Travel Buddy", "Four Seas")) == []
    assert settings().business_name in code_message("vi", "AAAA-2222")
