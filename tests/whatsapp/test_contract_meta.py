"""Every update that Meta documents is taken in: nothing that has an id is lost on the way.

``META_PAYLOADS`` names a folder of JSON files, each of which holds bodies of the webhook by name;
without it the project's own updates of the same kinds are taken.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conversation.schemas import Incoming
from core.database import Connection
from core.encryption import decrypt
from core.settings import settings
from tests.whatsapp.conftest import receive
from tests.whatsapp.meta.payloads import EVERY_KIND, change, post, status
from whatsapp import reading
from whatsapp.meta.payload import updates

OURS = {kind: post(change(messages=[said])) for kind, said in EVERY_KIND.items()} | {
    said: post(change(statuses=[status("17", said)]))
    for said in ("sent", "delivered", "read", "played", "failed")
}


def bodies() -> dict[str, dict[str, Any]]:
    """The bodies to take in, with what only stands for a number replaced by one."""
    folder = os.environ.get("META_PAYLOADS", "")
    files = sorted(Path(folder).glob("*.json")) if folder else []
    found = dict(OURS)
    for file in files:
        text = re.sub(r"<[A-Z_]*PHONE_NUMBER>", "84901234567", file.read_text("utf-8"))
        for name, body in json.loads(text).items():
            found[f"{file.stem}: {name}"] = body
    return found


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every object in *value*, with the name of the list that it stands in."""
    if isinstance(value, dict):
        yield key, value
        for name, each in value.items():
            yield from walk(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, key)


def ids(body: dict[str, Any], kind: str) -> set[str]:
    """Ids of the travellers' messages or of the statuses in *body*, wherever they stand."""
    changes = [
        each for entry in body["entry"] for each in entry["changes"] if each["field"] == "messages"
    ]
    return {str(each["id"]) for key, each in walk(changes) if key == kind and "id" in each}


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


def test_every_message_and_status_is_taken_or_named() -> None:
    seen = 0
    for name, body in bodies().items():
        found = updates(body, None)
        assert {each.sid for each in found.messages} == ids(body, "messages"), name
        taken = {each.sid for each in found.statuses}
        named = {other.partition(": ")[0] for other in found.others}
        assert ids(body, "statuses") <= taken | named, name
        seen += len(found.messages) + len(taken)
    assert seen >= len(OURS)


def test_a_change_of_another_field_is_named() -> None:
    for name, body in bodies().items():
        fields = [each["field"] for entry in body["entry"] for each in entry["changes"]]
        found = updates(body, None)
        for field in fields:
            assert field == "messages" or f"{field}: not handled" in found.others, name


def test_each_status_that_carries_our_reference_is_read() -> None:
    for name, body in bodies().items():
        text = re.sub(
            r'("status": "(?:sent|delivered|read|failed|played)",)',
            r'\1 "biz_opaque_callback_data": "17",', json.dumps(body),
        )  # fmt: skip
        numbered = json.loads(text.replace('"biz_opaque_callback_data": "some data",', ""))
        found = updates(numbered, None)
        assert {each.sid for each in found.statuses} == ids(body, "statuses"), name


def test_every_leaf_of_a_message_lies_in_the_inbox(
    database_url: str, db: Connection, configured: pytest.MonkeyPatch
) -> None:
    settings.cache_clear()
    expected: dict[str, Any] = {}
    for number, body in enumerate(bodies().values()):
        for message in updates(body, None).messages:
            own = {**message.payload, "message": {**message.payload["message"], "n": number}}
            sid = f"{message.sid}{number}"
            receive(replace(message, sid=sid, payload=own))
            expected[sid] = own
    rows = db.execute("select provider_sid, payload_encrypted from inbound_messages").fetchall()
    kept = {row["provider_sid"]: json.loads(decrypt(row["payload_encrypted"])) for row in rows}
    assert kept.keys() == expected.keys()
    for sid, payload in kept.items():
        assert list(leaves(payload)) == list(leaves(expected[sid]))
        assert isinstance(reading.read("meta", payload), Incoming)
