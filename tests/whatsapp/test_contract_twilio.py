"""Whatever we ask of Twilio is legal by what Twilio publishes of its API.

``TWILIO_OPENAPI`` names a folder that holds files of that description, as they are at
`twilio_operations.DESCRIPTIONS`; without it, our own table of the operations stands for them.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conversation.schemas import Choice, Pin
from core.settings import settings
from tests.whatsapp.recorder import Asked, Recorder, Reply, recorder, says
from tests.whatsapp.twilio_operations import OPERATIONS, Operation
from whatsapp.schemas import Content, TemplateUse
from whatsapp.templates.schemas import TemplateButton, TemplateVariant
from whatsapp.twilio.channel import TwilioChannel, twilio_channel

CONTENT_SID = "HX" + "a" * 32
MESSAGE_SID = "SM" + "b" * 32
TO = "+84901234567"
PICTURE = "https://bot.example/photos/ha-long.jpg"
TEMPLATE = TemplateVariant(
    name="answer_ready", language="en", category="utility", body="Hello {name}, there is news.",
    variables=["name"], samples=["Minh"], buttons=[TemplateButton(id="continue", label="Show")],
)  # fmt: skip


def answered(asked: Asked) -> Reply:
    """As much of Twilio as our requests need to go on."""
    if asked.method == "DELETE":
        return Reply(204)
    if asked.path.endswith("/Media.json"):
        return says({"media_list": [], "page": 0, "page_size": 50, "next_page_uri": None})
    if asked.path.endswith("/Messages.json"):
        return says(_message(), 201) if asked.method == "POST" else says(_listed())
    if asked.path.endswith("/ApprovalRequests"):
        return says({"sid": CONTENT_SID, "whatsapp": {"status": "unsubmitted"}})
    if asked.path.endswith("/whatsapp"):
        return says({"name": "x", "category": "UTILITY", "status": "received"}, 201)
    if asked.path.endswith("/Content") and asked.method == "GET":
        return says({"contents": [], "meta": {"key": "contents", "next_page_url": None}})
    return says({"sid": CONTENT_SID, "success": True}, 201)


def _message() -> dict[str, Any]:
    return {"sid": MESSAGE_SID, "status": "queued"}


def _listed() -> dict[str, Any]:
    inbound = {
        "sid": MESSAGE_SID, "direction": "inbound", "from": f"whatsapp:{TO}", "num_media": "1",
        "date_created": "Sat, 21 Nov 2026 10:00:00 +0000", "body": "",
    }  # fmt: skip
    return {"messages": [inbound], "page": 0, "page_size": 50, "next_page_uri": None}


@pytest.fixture
def twilio() -> Iterator[Recorder]:
    with recorder(answered) as running:
        yield running


@pytest.fixture
def channel(
    twilio: Recorder, database_url: str, configured: pytest.MonkeyPatch
) -> Iterator[TwilioChannel]:
    configured.setenv("TWILIO_BASE_URL", twilio.url)
    settings.cache_clear()
    twilio_channel.cache_clear()
    yield twilio_channel()
    twilio_channel.cache_clear()


def every_kind_of_message() -> Iterator[Content]:
    rows = [
        Choice(id=f"tour:{n}", label=f"Tour {n}", description="d" * n or None) for n in range(5)
    ]
    yield Content(body="Xin chào")
    yield Content(body="A bay", image_url=PICTURE)
    yield Content(image_url=PICTURE)
    yield Content(pin=Pin(latitude=20.95, longitude=107.07, name="Bãi Cháy", address="Hạ Long"))
    yield Content(body="Which?\n\nOne of these", choices=rows[:3])
    yield Content(body="Which?", choices=rows)
    yield Content(body="*Hạ Long*\n2 days", choices=rows[:2], image_url=PICTURE)
    use = TemplateUse(name="a", language="vi", provider_id=CONTENT_SID)
    yield Content(template=use)
    yield Content(template=use.model_copy(update={"variables": ["Minh", "2"]}))


@pytest.fixture
def asked(channel: TwilioChannel, twilio: Recorder) -> list[Asked]:
    """Every request that the adapter can make."""
    since = datetime(2026, 11, 21, 9, 0, 0, 5, tzinfo=UTC)
    for content in every_kind_of_message():
        channel.send(TO, content, "17")
    channel.send("VN.1A2B3C4D", Content(body="no phone"), "18")
    channel.find_sent(TO, Content(body="hi"), since, [])
    channel.received(since)
    channel.typing(MESSAGE_SID)
    channel.erase(MESSAGE_SID)
    channel.submit_template(TEMPLATE)
    channel.template_states()
    channel._contents._discard(CONTENT_SID)
    return twilio.asked


def operation_of(asked: Asked) -> Operation:
    found = [each for each in OPERATIONS if each.is_meant_by(asked.method, asked.path)]
    assert len(found) == 1, (asked.method, asked.path)
    return found[0]


def fields_of(asked: Asked, operation: Operation) -> list[tuple[str, Any]]:
    if operation.sent_as == "json":
        return list(asked.json().items())
    if operation.sent_as == "query":
        assert asked.body == b""
        return list(asked.query)
    assert asked.query == []
    return asked.form()


def check_type(name: str, value: Any, kind: str) -> None:
    if kind == "integer":
        assert re.fullmatch(r"-?\d+", str(value)), (name, value)
    elif kind == "object":
        assert isinstance(value, dict), (name, value)
    else:
        assert isinstance(value, str), (name, value)


def test_every_request_has_known_fields_of_the_right_kind(asked: list[Asked]) -> None:
    for each in asked:
        operation = operation_of(each)
        fields = fields_of(each, operation)
        names = [name for name, _ in fields]
        assert operation.required <= set(names), each
        for name, value in fields:
            if value is None:
                assert name not in operation.required
                continue
            check_type(name, value, operation.fields[name])
            pattern = (operation.patterns or {}).get(name, ".*")
            assert re.fullmatch(pattern, str(value), re.DOTALL), (name, value)
            assert names.count(name) == 1 or operation.fields[name] == "array", name


def test_every_operation_of_the_table_is_one_that_we_make(asked: list[Asked]) -> None:
    made = [operation_of(each) for each in asked]
    assert [each.path for each in OPERATIONS if each not in made] == []


def test_variables_are_strings_without_line_breaks_that_all_have_a_place(
    asked: list[Asked],
) -> None:
    registered = [
        each.json() for each in asked if each.method == "POST" and each.path == "/v1/Content"
    ]
    assert len(registered) == 4
    for content in registered:
        placed = set(re.findall(r"\{\{(\d+)\}\}", json.dumps(content["types"])))
        assert placed == set(content["variables"])
    filled = [
        dict(each.form()).get("ContentVariables")
        for each in asked
        if each.path.endswith("Messages.json")
    ]
    for variables in (json.loads(each) for each in filled if each):
        assert all(isinstance(value, str) and "\n" not in value for value in variables.values())


def test_credentials_go_along_with_each_request_and_the_callback_names_the_message(
    asked: list[Asked],
) -> None:
    assert all(each.headers.get("Authorization", "").startswith("Basic ") for each in asked)
    sent = [
        dict(each.form())
        for each in asked
        if each.method == "POST" and "Messages.json" in each.path
    ]
    assert {each["StatusCallback"].partition("?")[2] for each in sent} == {"mid=17", "mid=18"}
    assert sent[-1]["To"] == "whatsapp:VN.1A2B3C4D"


def described() -> dict[str, Any]:
    """Twilio's paths, out of the files in the folder that the environment names."""
    folder = os.environ.get("TWILIO_OPENAPI", "")
    files = sorted(Path(folder).glob("*.json")) if folder else []
    documents = [json.loads(file.read_text("utf-8")) for file in files]
    found = [each for each in documents if isinstance(each, dict) and "paths" in each]
    if not found:
        pytest.skip("TWILIO_OPENAPI names no folder with Twilio's description")
    return {
        "paths": {path: item for each in found for path, item in each["paths"].items()},
        "schemas": {
            name: schema
            for each in found
            for name, schema in each.get("components", {}).get("schemas", {}).items()
        },
    }


def properties_of(operation: Operation, description: dict[str, Any]) -> dict[str, Any] | None:
    """The described fields of an operation, with their schemas; None where it is not described."""
    item = description["paths"].get(operation.path, {}).get(operation.method.lower())
    if item is None:
        return None
    if operation.sent_as == "query":
        parameters = [each for each in item.get("parameters", []) if each["in"] == "query"]
        return {
            "properties": {each["name"]: each["schema"] for each in parameters},
            "required": [each["name"] for each in parameters if each.get("required")],
        }
    (body,) = item["requestBody"]["content"].values()
    return resolved(body["schema"], description)


def resolved(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return description["schemas"][name] if name else schema


def test_our_table_agrees_with_the_description() -> None:
    description = described()
    compared = 0
    for operation in OPERATIONS:
        schema = properties_of(operation, description)
        if schema is None or operation.open_ended:
            continue
        compared += 1
        properties = schema.get("properties", {})
        assert set(operation.fields) <= set(properties), operation.path
        assert set(schema.get("required", [])) == operation.required, operation.path
        for name, kind in operation.fields.items():
            assert resolved(properties[name], description).get("type", "string") == kind, name
    assert compared > 0


def test_every_request_is_legal_by_the_description(asked: list[Asked]) -> None:
    description = described()
    compared = 0
    for each in asked:
        operation = operation_of(each)
        schema = properties_of(operation, description)
        if schema is None:
            continue
        compared += 1
        for name, value in fields_of(each, operation):
            if value is not None:
                check_value(name, value, resolved(schema["properties"][name], description))
    assert compared > 0


def check_value(name: str, value: Any, schema: dict[str, Any]) -> None:
    if schema.get("type") == "array":
        schema = schema["items"]
    text = str(value)
    assert "enum" not in schema or value in schema["enum"], (name, value)
    assert len(text) >= schema.get("minLength", 0), (name, value)
    assert len(text) <= schema.get("maxLength", len(text)), (name, value)
    assert re.search(schema.get("pattern", ""), text), (name, value)
    if schema.get("type") == "integer":
        assert schema.get("minimum", -1) <= int(text) <= schema.get("maximum", 1 << 60), name
    if schema.get("format") == "date-time":
        datetime.fromisoformat(text)
