"""Places that only the traveller knows."""

import pytest

from conversation.understanding import Intent, understand


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("14 days in Kumarakom, cooking class", ["Kumarakom"]),
        ("13 days around Maligne Lake, under 6600 AUD", ["Maligne Lake"]),
        ("thinking of Quvexo for 6 days", ["Quvexo"]),
        ("considering Quvexo, 3 nights", ["Quvexo"]),
        ("a week around New York City and Kennebunkport", ["New York", "Kennebunkport"]),
        ("any tours in Quvexolandia?", ["Quvexolandia"]),
        ("5 ngày ở Quvexo, dưới 10 triệu", ["Quvexo"]),
        ("3 days in Hue and Quvexo Falls", ["Huế", "Quvexo Falls"]),
    ],
)
def test_a_name_that_nobody_knows_is_kept_as_a_place(text: str, places: list[str]) -> None:
    understood = understand(text)
    assert understood.interests.locations == places
    assert understood.intent is Intent.FIND_TOURS


@pytest.mark.parametrize(
    "text",
    [
        "5 days in July under 400 USD",
        "3 days, guide speaking in English please",
        "a week for two, in Business class",
        "4 days with my wife Anna, seafood",
        "4 DAYS IN SUMMER UNDER 300 USD",
        "Three Days In Good Weather With Good Food And Music",
        "Chào bạn, mình muốn đi 3 ngày vào Tháng 7",
        "we are flying from Quvexo, 5 days",
        "2 days next Monday to Wednesday",
        "5 days before Christmas or at Easter",
    ],
)
def test_other_capitals_are_no_places(text: str) -> None:
    assert understand(text).interests.locations == []
