"""The description of the REST interface: complete, true, and readable."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from api.rest.document import document
from core import rate_limits
from core.settings import settings as our_settings
from tests.api.rest.browsers import Browser, with_token
from tests.api.test_hostile_requests import UNTIMED

WRITES = {"post", "put", "patch", "delete"}


@pytest.fixture
def described(rest_app: FastAPI) -> dict[str, Any]:
    with TestClient(rest_app) as client:
        return dict(client.get("/api/v1/openapi.json").json())


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, told)
        for path, methods in described["paths"].items()
        for method, told in methods.items()
    ]


def test_version_1_alone_is_described(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    names = [told["operationId"] for *_, told in operations(described)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_operation_says_what_it_does_who_may_and_how_it_is_refused(
    described: dict[str, Any],
) -> None:
    schemes = set(described["components"]["securitySchemes"])
    for method, path, told in operations(described):
        assert told["summary"].endswith("."), path
        assert told["security"], path
        assert {name for way in told["security"] for name in way} <= schemes
        if "desk" in told["tags"]:
            continue
        assert {"401", "422", "429"} <= set(told["responses"]), path
        for status, answer in told["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
        if method in WRITES and "/me" in path:
            assert {"CsrfToken", "Session"} == set(told["security"][0])
            named = [each["name"].lower() for each in told["parameters"]]
            assert "idempotency-key" in named, path


def test_everything_referred_to_is_described(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    referred = set(re.findall(r"#/components/schemas/([A-Za-z_]+)", str(described)))
    assert referred == set(schemas)
    assert schemas["Recommended"]["properties"]["reason"]["description"]
    assert "Attributes:" not in str(schemas)


def test_the_examples_are_taken(traveller: Browser, described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for method, path, name in (
        ("PUT", "/me/preferences", "Preferences"),
        ("PATCH", "/me/preferences", "PreferencesChange"),
        ("POST", "/me/feedback", "ReactionOrder"),
        ("POST", "/me/saved", "SaveOrder"),
    ):
        answer = traveller.ask(method, path, schemas[name]["example"])
        assert answer.status_code < 300, (path, answer.text)
    order = schemas["RankingOrder"]["example"]
    answer = traveller.client.post("/api/v1/recommendations", json=order, headers=with_token())
    assert answer.status_code == 200


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(
    traveller: Browser, described: dict[str, Any]
) -> None:
    answer = traveller.client.get("/api/docs")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    for _, path, told in operations(described):
        assert f'id="{told["operationId"]}"' in answer.text
        assert path in answer.text
    for name in described["components"]["schemas"]:
        assert f'id="schema-{name}"' in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "<style" not in answer.text
    assert " style=" not in answer.text


def test_the_page_is_there_in_vietnamese(traveller: Browser) -> None:
    answer = traveller.client.get("/api/docs", headers={"Cookie": "language=vi"})
    assert '<html lang="vi">' in answer.text
    assert "Mục lục" in answer.text


def by_description(traveller: Browser, app: FastAPI, requests: int) -> Callable[[], None]:
    """Requests made from the description, signed in, with a token, as both or as nobody."""
    schema = schemathesis.openapi.from_dict(document(app))
    schema.app = app
    asked = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    token = with_token()
    limits = rate_limits._limiter(our_settings().redis_url).storage

    @settings(UNTIMED, max_examples=requests)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        case: Any = data.draw(data.draw(st.sampled_from(asked)).as_strategy())
        sent = {"X-CSRF-Token": traveller.csrf} if data.draw(st.integers(0, 9)) else {}
        sent |= {} if data.draw(st.integers(0, 2)) else token
        limits.reset()
        answer = ask(traveller.client, case, sent)
        assert answer.status_code < 500, (case.method, case.path, answer.text)
        assert "Traceback" not in answer.text
        if answer.status_code >= 400:
            assert set(answer.json()) == {"title", "status", "detail"}

    return run


def ask(client: TestClient, case: Any, headers: dict[str, str]) -> Any:
    """Send a case by our own client, which has the cookies."""
    made = case.as_transport_kwargs(base_url="http://testserver")
    made = {
        name: made[name] for name in ("method", "url", "params", "json", "data") if name in made
    }
    extra = {name: str(value) for name, value in (case.headers or {}).items()}
    return client.request(**made, headers={**extra, **headers})


def test_a_sample_of_requests_by_the_description_causes_no_server_error(
    traveller: Browser, rest_app: FastAPI
) -> None:
    by_description(traveller, rest_app, 80)()


@pytest.mark.slow
def test_five_thousand_requests_by_the_description_cause_no_server_error(
    traveller: Browser, rest_app: FastAPI
) -> None:
    by_description(traveller, rest_app, 5_000)()
