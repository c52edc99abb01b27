"""Every way in which a send can go wrong has the name of what to do about it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from twilio.rest import Client

from core.errors import (
    ConfigurationError,
    OutcomeUnknownError,
    RejectedError,
    RetryLaterError,
    TravelBuddyError,
)
from whatsapp.twilio.client import HttpClient
from whatsapp.twilio.errors import our_errors, refusal


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads a request and does with the connection whatever *answer* does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def says(status: str, body: str = "", *headers: str) -> Callable[[socket.socket], None]:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    raw = "\r\n".join([*lines, "", body]).encode()
    return lambda connection: connection.sendall(raw)


def send(url: str) -> None:
    http = HttpClient(timeout_s=0.3, base_url=url)
    client = Client("AC" + "0" * 32, "token", http_client=http)
    try:
        with our_errors():
            client.messages.create(to="whatsapp:+84901234567", from_="whatsapp:+1", body="hi")
    finally:
        http.session.close()


def outcome(answer: Callable[[socket.socket], None]) -> TravelBuddyError:
    with server(answer) as url, pytest.raises(TravelBuddyError) as caught:
        send(url)
    return caught.value


def test_silence_after_the_request_leaves_the_outcome_unknown() -> None:
    def says_nothing(_: socket.socket) -> None:
        threading.Event().wait(0.6)

    assert isinstance(outcome(says_nothing), OutcomeUnknownError)


def test_a_connection_cut_after_the_request_leaves_the_outcome_unknown() -> None:
    assert isinstance(outcome(lambda connection: connection.close()), OutcomeUnknownError)


def test_an_acceptance_that_cannot_be_read_leaves_the_outcome_unknown() -> None:
    assert isinstance(outcome(says("201 Created", "<html>")), OutcomeUnknownError)
    assert isinstance(outcome(says("201 Created", "[]")), OutcomeUnknownError)
    assert isinstance(outcome(says("201 Created", "[" * 50_000)), OutcomeUnknownError)


@pytest.mark.parametrize("status", ["502 Bad Gateway", "504 Gateway Timeout"])
def test_a_gateway_that_lost_the_answer_leaves_the_outcome_unknown(status: str) -> None:
    assert isinstance(outcome(says(status, "oops")), OutcomeUnknownError)


def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(RetryLaterError):
        send(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("header", "after_s"),
    [("Retry-After: 12", 12.0), ("Retry-After: soon", None), ("Retry-After: 1\u00b2", None),
     ("X-Other: 1", None),
     ("Retry-After: Sat, 01 Jan 2000 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_being_told_to_wait_says_for_how_long(header: str, after_s: float | None) -> None:
    error = outcome(says("429 Too Many Requests", '{"code": 20429, "message": "slow"}', header))
    assert isinstance(error, RetryLaterError)
    assert error.after_s == after_s


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 63018, RetryLaterError),
        (400, 20429, RetryLaterError),
        (500, 20500, RetryLaterError),
        (500, 0, RetryLaterError),
        (400, 63012, RetryLaterError),
        (400, 21610, RejectedError),
        (400, 21211, RejectedError),
        (400, 21617, RejectedError),
        (400, 63016, RejectedError),
        (401, 20003, ConfigurationError),
        (401, 0, ConfigurationError),
        (403, 20003, ConfigurationError),
        (404, 20404, RejectedError),
    ],
)
def test_refusals_are_named_after_what_to_do(
    status: int, code: int, kind: type[TravelBuddyError]
) -> None:
    error = refusal(status, code)
    assert type(error) is kind
    if isinstance(error, RejectedError):
        assert error.code == str(code)


def test_the_newer_form_of_twilio_s_errors_is_understood_too() -> None:
    body = '{"type": "about:blank", "title": "No", "status": 400, "code": 21610}'
    error = outcome(says("400 Bad Request", body, "Content-Type: application/problem+json"))
    assert isinstance(error, RejectedError)
    assert error.code == "21610"
