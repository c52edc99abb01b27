"""Bodies that are too large are refused, whether their length is announced or not."""

from collections.abc import Iterator

from fastapi.testclient import TestClient

from api.rest.limits import MOST_BYTES
from tests.api.rest.browsers import API, Browser


def in_pieces(size: int) -> Iterator[bytes]:
    """A body whose length nobody announces."""
    while size > 0:
        yield b" " * min(size, 10_000)
        size -= 10_000


def put(traveller: Browser, body: bytes | Iterator[bytes]) -> tuple[int, str]:
    headers = {"X-CSRF-Token": traveller.csrf, "Content-Type": "application/json"}
    client: TestClient = traveller.client
    answer = client.put(f"{API}/me/preferences", content=body, headers=headers)
    return answer.status_code, answer.json().get("detail", "")


def test_a_body_of_the_full_length_is_taken(traveller: Browser) -> None:
    body = b'{"importance": {"food": 2}}'.ljust(MOST_BYTES)
    assert put(traveller, body)[0] == 200


def test_one_byte_more_is_refused_and_nothing_is_stored(traveller: Browser) -> None:
    body = b'{"importance": {"food": 2}}'.ljust(MOST_BYTES + 1)
    assert put(traveller, body) == (413, "a body of at most 64 kB is expected")
    assert traveller.get("/me/preferences").json()["importance"] == {}


def test_a_length_that_nobody_announces_is_counted(traveller: Browser) -> None:
    assert put(traveller, in_pieces(MOST_BYTES + 1)) == (413, "a body of at most 64 kB is expected")
    assert put(traveller, in_pieces(100))[0] == 422


def test_a_form_of_a_page_has_the_same_limit(traveller: Browser) -> None:
    answer = traveller.client.post(
        "/logout", data={"csrf": traveller.csrf, "more": "x" * MOST_BYTES}
    )
    assert answer.status_code == 413
    assert traveller.get("/me").status_code == 200
