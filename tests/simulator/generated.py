"""Requests that no honest client sends, made by Hypothesis from the simulator's own description."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from hypothesis import strategies as st

from tests.simulator.support import ACCOUNT, BUSINESS, PERSON, PHONE, TOKEN

METHODS = ("get", "post", "patch", "put", "delete")
ENDLESS = ("/events",)
SLOW_FIELDS = ("hold_seconds", "seconds", "wait")
WEIRD = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HOSTILE = st.sampled_from(
    [
        "",
        "\x00",
        "../../etc/passwd",
        "' or 1=1 --",
        "<script>alert(1)</script>",
        "{{1}}",
        "%00",
        "\u202e",
        "٠١٢",
        "1e999",
        "NaN",
        "http://[",
        "whatsapp:",
        "9" * 400,
        "x" * 2000,
    ]
)
WORDS = st.one_of(
    st.sampled_from([PERSON, BUSINESS, PHONE, "VN.1a2B3c4D", "SM" + "0" * 32, "HX" + "0" * 32]),
    HOSTILE,
    WEIRD,
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=8,
)
FORM_FIELDS = (
    "To",
    "From",
    "Body",
    "MediaUrl",
    "ContentSid",
    "ContentVariables",
    "StatusCallback",
    "MessagingServiceSid",
    "channel",
    "messageId",
)
# A StatusCallback that generated text names must not make the simulator call anybody.
NOWHERE = ("http://127.0.0.1:1/", "javascript:1", "http://[", "")


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    """A form as Twilio's clients send it, with some of the fields right and some not."""
    pairs = []
    for name in draw(st.lists(st.sampled_from(FORM_FIELDS), max_size=8)):
        right = {"To": PERSON, "From": BUSINESS, "channel": "whatsapp"}.get(name)
        value = draw(WORDS) if right is None or draw(st.booleans()) else right
        if name == "StatusCallback":
            value = draw(st.sampled_from(NOWHERE))
        pairs.append((name, value))
    return urlencode(pairs).encode()


def _values(name: str, schema: dict[str, Any], known: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values for one field: mostly of the shape that is described, sometimes of any."""
    if name in SLOW_FIELDS:
        return st.sampled_from([0, 0.01, -1, None, "x"])
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), JSON)
    if "properties" in schema:
        fields = {n: _values(n, part, known) for n, part in schema["properties"].items()}
        return st.one_of(st.fixed_dictionaries({}, optional=fields), JSON)
    if "anyOf" in schema:
        return st.one_of([_values(name, part, known) for part in schema["anyOf"]])
    if schema.get("type") == "array":
        return st.lists(_values("", schema.get("items", {}), known), max_size=4)
    numbers = {"integer": st.integers(-3, 3000), "number": st.floats(-10, 10_000)}
    return st.one_of(numbers.get(str(schema.get("type")), WORDS), JSON)


class Requests:
    """Generated requests for every operation of one simulator, and what must hold for each."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        described = http.get("/simulator/openapi.json").json()
        self._known = described["components"]["schemas"]
        self._operations = [
            (method, path, operation)
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
            if not path.endswith(ENDLESS)
        ]

    def send(self, data: st.DataObject) -> httpx.Response:
        """Draw a request, send it, and check the answer."""
        method, path, operation = data.draw(st.sampled_from(self._operations))
        if not data.draw(st.integers(0, 9)):
            method = data.draw(st.sampled_from(METHODS))
        url = path.replace("{account}", ACCOUNT)
        query: dict[str, str] = {}
        for parameter in operation.get("parameters", []):
            value = str(data.draw(WORDS))
            if parameter["in"] == "path":
                url = url.replace("{" + parameter["name"] + "}", quote(value, safe="") or "x")
            elif parameter["in"] == "query" and parameter["name"] not in SLOW_FIELDS:
                query[parameter["name"]] = value
        answer = self.http.request(
            method, url, params=query, auth=(ACCOUNT, TOKEN), **self._body(data, operation)
        )
        check(answer)
        return answer

    def calm(self) -> None:
        """Take back what would make later requests wait, or run on its own."""
        self.http.post("/simulator/reset").raise_for_status()

    def _body(self, data: st.DataObject, operation: dict[str, Any]) -> dict[str, Any]:
        content = operation.get("requestBody", {}).get("content", {})
        kind = next(iter(content), "")
        if kind == "application/x-www-form-urlencoded":
            return {"content": data.draw(forms()), "headers": {"Content-Type": kind}}
        if kind != "application/json":
            return {"content": data.draw(st.binary(max_size=64)), "headers": {"Content-Type": kind}}
        body = data.draw(_values("", content[kind]["schema"], self._known))
        text = json.dumps(body).encode()
        if not data.draw(st.integers(0, 9)):
            text = text[: len(text) // 2]
        return {"content": text, "headers": {"Content-Type": kind}}


def check(answer: httpx.Response) -> None:
    """No server error, and a refusal is one line that repeats no secret."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text)
    assert TOKEN not in answer.text
    if answer.status_code >= 400 and answer.status_code != 416:
        told = answer.json()
        line = told.get("error") or told["message"]
        assert line
        assert "\n" not in line
