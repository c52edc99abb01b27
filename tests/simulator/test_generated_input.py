"""Hostile requests by the thousand: a sample of them every time, all of them when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.generated import ENDLESS, Requests, check, forms
from tests.simulator.support import ACCOUNT, TOKEN

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CALM_EVERY = 25
SWITCHES_OF_FAULTS = "/simulator/faults"
UNTIMED = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@pytest.fixture(scope="module")
def requests_of_all_kinds(settings: Settings) -> Iterator[Requests]:
    alone = replace(settings, webhook_url="", limits=False)
    with (
        running(alone) as base,
        httpx.Client(base_url=base, trust_env=False, timeout=20) as http,
    ):
        yield Requests(http)


def _many(requests: Requests, examples: int) -> Callable[[], None]:
    """A run of so many generated requests, each drawn anew."""
    sent = 0

    @settings(UNTIMED, max_examples=examples)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        nonlocal sent
        sent += 1
        if sent % CALM_EVERY == 0:
            requests.calm()
        requests.send(data)

    return run


def test_generated_requests_are_answered_or_refused_in_one_line(
    requests_of_all_kinds: Requests,
) -> None:
    _many(requests_of_all_kinds, 250)()


@pytest.mark.slow
def test_ten_thousand_generated_requests_cause_no_server_error(
    requests_of_all_kinds: Requests,
) -> None:
    _many(requests_of_all_kinds, 10_000)()


@pytest.mark.slow
def test_schemathesis_finds_no_server_error_by_the_simulators_own_description(
    requests_of_all_kinds: Requests,
) -> None:
    """A second opinion: requests made by a tool that knows nothing of this project."""
    http = requests_of_all_kinds.http
    described = schemathesis.openapi.from_url(f"{http.base_url}/simulator/openapi.json")
    operations = [
        found.ok()
        for found in described.get_all_operations()
        if isinstance(found, Ok) and not found.ok().path.endswith(ENDLESS)
    ]
    sent = 0

    @settings(UNTIMED, max_examples=2_000, database=None)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        nonlocal sent
        sent += 1
        if sent % CALM_EVERY == 0:
            requests_of_all_kinds.calm()
        case = data.draw(data.draw(st.sampled_from(operations)).as_strategy())
        _hurry(case)
        answer = case.call(auth=(ACCOUNT, TOKEN), timeout=20)
        assert answer.status_code < 500, (case.method, case.path, answer.text)
        if case.path == SWITCHES_OF_FAULTS:
            requests_of_all_kinds.calm()  # the failures that were just asked for are no fault

    run()


def _hurry(case: Any) -> None:
    """Leave out what only makes a request wait."""
    for holder in (case.query, case.body):
        if isinstance(holder, dict):
            for name in ("wait", "slow_answers", "timeout_after_accepting"):
                holder.pop(name, None)


@settings(UNTIMED, max_examples=80)
@given(form=st.one_of(forms(), st.binary(max_size=300)), cut=st.integers(0, 300))
def test_generated_forms_are_taken_or_refused_as_twilio_would(
    requests_of_all_kinds: Requests, form: bytes, cut: int
) -> None:
    http = requests_of_all_kinds.http
    for path in (MESSAGES, "/v2/Indicators/Typing.json"):
        answer = http.post(path, content=form[: cut or None], headers=FORM, auth=(ACCOUNT, TOKEN))
        check(answer)
        assert answer.status_code in {200, 201, 400, 404}


def test_the_description_names_every_endpoint(requests_of_all_kinds: Requests) -> None:
    paths = requests_of_all_kinds.http.get("/simulator/openapi.json").json()["paths"]
    wanted = {
        "/simulator/phones/{phone}/messages",
        "/simulator/faults",
        "/simulator/limits",
        "/simulator/bursts",
        "/2010-04-01/Accounts/{account}/Messages.json",
        "/v1/Content/{sid}/ApprovalRequests/whatsapp",
    }
    assert wanted <= set(paths)
    for path, methods in paths.items():
        for operation in methods.values():
            given_names = {p["name"] for p in operation.get("parameters", [])}
            named = {part.strip("{}") for part in path.split("/") if part.startswith("{")}
            assert {name.removesuffix("}.json") for name in named} <= given_names | {
                "sid",
                "media_sid",
            }
