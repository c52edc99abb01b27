"""Nobody but Twilio gets in, whatever stands between Twilio and us."""

import pytest
from twilio.request_validator import RequestValidator

from core.errors import ForbiddenError, InvalidInputError, NotFoundError
from core.settings import settings
from whatsapp.twilio.signature import parse_form, verify

PUBLISHED_FORM = (
    b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212"
    b"&Caller=%2B14158675309"
)


def configure(monkeypatch: pytest.MonkeyPatch, base_url: str, token: str = "12345") -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", base_url)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", token)
    settings.cache_clear()


def sign(url: str, form: dict[str, str], token: str = "12345") -> str:
    return str(RequestValidator(token).compute_signature(url, form))


def test_the_vector_that_the_sdk_publishes_is_accepted(configured: pytest.MonkeyPatch) -> None:
    configure(configured, "https://mycompany.com")
    form = parse_form(PUBLISHED_FORM)
    verify("/myapp.php", "foo=1&bar=2", form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


@pytest.mark.parametrize(
    ("path", "query", "body"),
    [
        ("/myapp.php", "foo=1&bar=3", PUBLISHED_FORM),
        ("/myapp.ph", "foo=1&bar=2", PUBLISHED_FORM),
        ("/myapp.php", "", PUBLISHED_FORM),
        ("/myapp.php", "foo=1&bar=2", PUBLISHED_FORM + b"&Extra="),
        ("/myapp.php", "foo=1&bar=2", PUBLISHED_FORM.replace(b"1234&", b"1235&")),
        ("/myapp.php", "foo=1&bar=2", b""),
    ],
)
def test_whatever_is_tampered_with_is_refused(
    configured: pytest.MonkeyPatch, path: str, query: str, body: bytes
) -> None:
    configure(configured, "https://mycompany.com")
    with pytest.raises(ForbiddenError):
        verify(path, query, parse_form(body), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


def test_blank_fields_are_part_of_what_is_signed(configured: pytest.MonkeyPatch) -> None:
    configure(configured, "https://bot.example")
    signature = sign("https://bot.example/w", {"Body": "", "Latitude": "20.9"})
    verify("/w", "", parse_form(b"Body=&Latitude=20.9"), signature)
    with pytest.raises(ForbiddenError):
        verify("/w", "", parse_form(b"Body=&Latitude=20.9&Address="), signature)


def test_a_field_that_comes_twice_counts_twice(configured: pytest.MonkeyPatch) -> None:
    configure(configured, "https://bot.example")
    form = parse_form(b"MediaUrl=b&MediaUrl=a")
    signature = RequestValidator("12345").compute_signature("https://bot.example/w", form)
    verify("/w", "", form, signature)
    with pytest.raises(ForbiddenError):
        verify("/w", "", parse_form(b"MediaUrl=a"), signature)


def test_vietnamese_text_survives_the_signature(configured: pytest.MonkeyPatch) -> None:
    configure(configured, "https://bot.example")
    signature = sign("https://bot.example/w", {"Body": "Tôi muốn đi Đà Lạt"})
    body = "Body=T%C3%B4i+mu%E1%BB%91n+%C4%91i+%C4%90%C3%A0+L%E1%BA%A1t"
    verify("/w", "", parse_form(body.encode()), signature)


@pytest.mark.parametrize("signature", [None, "", "x", "ü", "=" * 5000])
def test_a_missing_or_senseless_signature_is_refused(
    configured: pytest.MonkeyPatch, signature: str | None
) -> None:
    configure(configured, "https://bot.example")
    with pytest.raises(ForbiddenError):
        verify("/w", "", parse_form(b"Body=hi"), signature)


@pytest.mark.parametrize("signature", [None, sign("https://bot.example/w", {}, "")])
def test_without_a_token_the_webhook_is_off_rather_than_open(
    configured: pytest.MonkeyPatch, signature: str | None
) -> None:
    configure(configured, "https://bot.example", token="")
    with pytest.raises(NotFoundError, match="TWILIO_AUTH_TOKEN"):
        verify("/w", "", parse_form(b""), signature)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("port", ["", ":443"])
def test_the_standard_port_and_a_last_slash_make_no_difference(
    configured: pytest.MonkeyPatch, slash: str, port: str
) -> None:
    configure(configured, f"https://bot.example{port}{slash}")
    signature = sign("https://bot.example/w", {"Body": "hi"})
    verify("/w", "", parse_form(b"Body=hi"), signature)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ff", b"&".join([b"a=1"] * 201)])
def test_a_form_that_cannot_be_read_is_named_as_such(body: bytes) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        parse_form(body)
