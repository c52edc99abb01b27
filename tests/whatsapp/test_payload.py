"""Reading Twilio's forms."""

import pytest

from core.errors import InvalidInputError
from whatsapp.twilio.payload import inbound_message, incoming, status_change

SID = "SM" + "1" * 32
BASE = {"MessageSid": SID, "From": "whatsapp:+84901234567"}


def test_a_text_comes_with_its_words_and_the_name() -> None:
    read = incoming({**BASE, "Body": "Hạ Long\nSa Pa", "ProfileName": "Minh", "NumMedia": "0"})
    assert (read.text, read.profile_name, read.choice, read.media) == (
        "Hạ Long\nSa Pa", "Minh", None, [],
    )  # fmt: skip


def test_a_tapped_button_and_a_picked_row_come_as_choices() -> None:
    button = {"Body": "More", "ButtonText": "More", "ButtonPayload": "more:3"}
    assert incoming({**button, "OriginalRepliedMessageSid": "SM9"}).replied_to == "SM9"
    assert incoming(button).choice == "more:3"
    row = incoming({"Body": "", "ListId": "package:7", "ListTitle": "Tour 7"})
    assert (row.choice, row.text) == ("package:7", "Tour 7")


def test_a_location_comes_with_an_empty_body() -> None:
    read = incoming(
        {
            "Body": "",
            "Latitude": "20.95",
            "Longitude": "107.07",
            "Label": "Bãi Cháy",
            "Address": "x",
        }
    )
    assert (read.text, read.latitude, read.longitude) == ("", 20.95, 107.07)
    assert read.place_label == "Bãi Cháy"


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("nan", "1"), ("91", "1"), ("1", "181"), ("1", ""), ("x", "1"), ("inf", "1"), ("1e999", "1")],
)
def test_half_a_location_or_an_impossible_one_is_none(latitude: str, longitude: str) -> None:
    read = incoming({"Latitude": latitude, "Longitude": longitude})
    assert (read.latitude, read.longitude) == (None, None)


def test_media_come_as_their_types() -> None:
    form = {"NumMedia": "2", "MediaContentType0": "audio/ogg", "MediaUrl0": "https://x"}
    assert incoming(form).media == ["audio/ogg", "unknown"]
    assert len(incoming({"NumMedia": "99999"}).media) == 10
    for nonsense in ("-1", "1e3", "٣", "9" * 5000, ""):
        assert incoming({"NumMedia": nonsense}).media == []


def test_control_characters_are_left_out() -> None:
    assert incoming({"Body": "a\x00b\x1b[31m\nc\td\x7f"}).text == "ab[31m\nc\td"


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("whatsapp:+84901234567", "+84901234567"),
        ("whatsapp:VN.1A2B3C4D", "VN.1A2B3C4D"),
        (" whatsapp:+14155550100 ", "+14155550100"),
    ],
)
def test_senders_have_a_phone_or_a_scoped_id(sender: str, address: str) -> None:
    assert inbound_message({"MessageSid": SID, "From": sender}).address == address


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "whatsapp:",
        "whatsapp:123",
        "whatsapp:+0123456789",
        "sms:+84901234567",
        "whatsapp:+84 90",
    ],
)
def test_other_senders_are_refused(sender: str) -> None:
    with pytest.raises(InvalidInputError):
        inbound_message({"MessageSid": SID, "From": sender})


@pytest.mark.parametrize(
    ("other", "expected"),
    [("VN.1A2B3C", "VN.1A2B3C"), ("whatsapp:VN.1A2B3C", "VN.1A2B3C"), ("", None),
     ("nonsense", None), ("+84901234567", None)],
)  # fmt: skip
def test_the_other_address_is_taken_where_it_is_one(other: str, expected: str | None) -> None:
    assert inbound_message({**BASE, "ExternalUserId": other}).other_address == expected


def test_unknown_fields_are_kept() -> None:
    assert inbound_message({**BASE, "Brand": "new"}).payload["Brand"] == "new"


def test_a_status_report_is_read() -> None:
    change = status_change(
        {"MessageSid": SID, "MessageStatus": "Failed", "ErrorCode": "63016"}, "12"
    )
    assert change is not None
    assert (change.reference, change.status, change.error_code) == (12, "failed", "63016")


@pytest.mark.parametrize(
    ("form", "reference"),
    [
        ({"MessageSid": SID, "MessageStatus": "delivered"}, ""),
        ({"MessageSid": SID, "MessageStatus": "delivered"}, "x"),
        ({"MessageSid": SID, "MessageStatus": "delivered"}, "9" * 30),
        ({"MessageSid": SID, "MessageStatus": "vanished"}, "1"),
        ({"MessageSid": SID}, "1"),
        ({"MessageStatus": "read"}, "1"),
    ],
)
def test_a_report_that_is_about_nothing_of_ours_is_none(
    form: dict[str, str], reference: str
) -> None:
    assert status_change(form, reference) is None
