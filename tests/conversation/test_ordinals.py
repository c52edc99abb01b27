import pytest

from conversation.understanding import Intent, understand


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2", (2,)), ("#2", (2,)), ("2.", (2,)), ("2nd", (2,)), ("the second one", (2,)),
        ("second", (2,)), ("number 2", (2,)), ("number two", (2,)), ("no. 3", (3,)),
        ("option 1 please", (1,)), ("the last one", (-1,)), ("tour 3", (3,)),
        ("tell me about the first tour", (1,)), ("số 2", (2,)), ("so 2", (2,)),
        ("cái thứ hai", (2,)), ("cai thu hai", (2,)), ("tour số 3", (3,)), ("tour thứ 2", (2,)),
        ("cái đầu tiên", (1,)), ("tour cuối cùng", (-1,)), ("tour thứ nhất", (1,)),
        ("cái số ba", (3,)), ("details 2", (2,)), ("chi tiết 1", (1,)),
    ],
)  # fmt: skip
def test_the_number_of_a_tour_is_read(text: str, numbers: tuple[int, ...]) -> None:
    found = understand(text)
    assert found.ordinals == numbers
    assert found.intent is Intent.DETAILS


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("compare 1 and 3", (1, 3)), ("so sánh 2 với 1", (2, 1)), ("1 vs 2", (1, 2)),
        ("difference between the first and the last one", (1, -1)),
    ],
)  # fmt: skip
def test_several_tours_are_read_in_their_order(text: str, numbers: tuple[int, ...]) -> None:
    found = understand(text)
    assert found.ordinals == numbers
    assert found.intent is Intent.COMPARE


@pytest.mark.parametrize(
    "text",
    [
        "5 days", "2 people", "under 400 USD", "3 triệu", "tour 3 ngày", "tour 2 người",
        "the first week of May", "for 2", "a family of 4 with 2 kids", "0", "77", "tour 5 triệu",
        "my second trip to Hue with 3 friends",
    ],
)  # fmt: skip
def test_other_numbers_are_no_tour(text: str) -> None:
    assert understand(text).ordinals == ()
