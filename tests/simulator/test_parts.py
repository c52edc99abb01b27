"""The small parts that need no server."""

from __future__ import annotations

import pytest

from simulator import overrides, twiml
from simulator.__main__ import _parser, _settings, main
from simulator.addresses import identity_of, is_identity, normalised, whatsapp_id
from simulator.server import running
from simulator.settings import Settings
from simulator.signature import signature
from tests.simulator.support import ACCOUNT, TOKEN


def test_the_signature_is_the_one_of_twilios_documentation() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_overrides_leave_the_url_and_set_the_patience() -> None:
    url, found = overrides.split("https://a.example/hook?x=1#rc=9&rp=4xx,rt&rt=50&ct=2000")
    assert url == "https://a.example/hook?x=1"
    assert (found.retries, found.read_seconds, found.connect_seconds) == (5, 0.1, 2.0)
    assert found.retry_on("4xx")
    assert found.retry_on("rt")
    assert not found.retry_on("5xx")


@pytest.mark.parametrize("fragment", ["", "#", "#top", "#rc=x&rt=-5", "#rc=²"])
def test_a_fragment_without_sense_changes_nothing(fragment: str) -> None:
    url, found = overrides.split(f"https://a.example/hook{fragment}")
    assert url == "https://a.example/hook"
    assert found == overrides.Overrides()


def test_all_asks_for_every_retry() -> None:
    _, found = overrides.split("https://a.example/#rc=1&rp=all")
    assert all(found.retry_on(kind) for kind in ("ct", "rt", "4xx", "5xx"))


def test_twiml_messages_may_nest_body_and_media() -> None:
    xml = """<Response><Message><Body>Look</Body><Media>https://a.example/x.png</Media></Message>
    <Message> Second </Message></Response>"""
    first, second = twiml.replies(xml, "application/xml; charset=utf-8")
    assert (first.body, first.media) == ("Look", ["https://a.example/x.png"])
    assert (second.body, second.media) == ("Second", [])


def test_plain_text_is_a_message_as_with_twilio() -> None:
    assert twiml.replies("OK\n", "text/plain")[0].body == "OK"


@pytest.mark.parametrize(
    ("address", "identity"),
    [
        ("whatsapp:+84900000001", "+84900000001"),
        ("whatsapp:VN.1A2B3C4D", "VN.1A2B3C4D"),
        ("+84900000001", None),
        ("whatsapp:84900000001", None),
        ("whatsapp:+84900000001\n", "+84900000001"),
        ("sms:+84900000001", None),
    ],
)
def test_an_address_names_a_number_or_a_user(address: str, identity: str | None) -> None:
    assert identity_of(address) == identity


def test_only_numbers_have_a_whatsapp_id() -> None:
    assert whatsapp_id("+84900000001") == "84900000001"
    assert whatsapp_id("VN.1A2B3C4D") is None
    assert normalised("(+84) 900-000-001") == "+84900000001"
    assert not is_identity("+٨٤٩٠٠٠٠٠٠٠١")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--account-sid", "AC1"],
        ["--business-number", "none"],
        ["--webhook-url", "localhost:8000"],
        ["--port", "x"],
        ["--approval", "never"],
        ["--status-delay", "nan"],
        ["--approval-seconds", "1e9"],
        ["--surprise"],
    ],
)
def test_the_command_line_refuses_nonsense_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err.splitlines()[-1]


def test_the_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "--webhook-url http://127.0.0.1:8000" in capsys.readouterr().out


def test_the_environment_sets_what_the_command_line_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIMULATOR_LIMITS", "no")
    monkeypatch.setenv("SIMULATOR_APPROVAL", "hand")
    monkeypatch.setenv("SIMULATOR_PUBLIC_URL", "https://simulator.example")
    options = _parser().parse_args(["--account-sid", ACCOUNT, "--status-delay", "-1"])
    given = _settings(options, TOKEN)
    assert (given.limits, given.approval, given.opt_out) == (False, "hand", True)
    assert (given.public_url, given.status_delay) == ("https://simulator.example", 0.0)


def test_a_nonsense_environment_is_refused_like_a_nonsense_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SIMULATOR_APPROVAL", "perhaps")
    with pytest.raises(SystemExit):
        main([])
    assert "none of now, delay, hand" in capsys.readouterr().err


def test_a_taken_port_is_an_error_and_not_a_hang() -> None:
    settings = Settings(account_sid=ACCOUNT, auth_token=TOKEN)
    with running(settings) as base:
        port = int(base.rsplit(":", 1)[1])
        with pytest.raises(RuntimeError, match="port taken"), running(settings, port=port):
            pass
