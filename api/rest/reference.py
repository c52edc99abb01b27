"""The description of the REST interface, laid out for a page that people read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.rest.described import CSRF, SESSION, TOKEN

Json = Mapping[str, Any]

_REF = "#/components/schemas/"
_BASE = "$BASE"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    required: bool
    description: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be asked for.

    Attributes:
        by: names of the ways to show who asks, each a list of what must be sent.
        takes: name of the schema of the body.
        gives: what comes back, by status.
        curl: a command that does it.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    by: list[list[str]]
    parameters: list[Field]
    takes: str
    gives: list[tuple[str, str, str]]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one subject."""

    name: str
    description: str
    operations: list[Operation]


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields, or the values, that a body has."""

    name: str
    description: str
    fields: list[Field]
    values: str


@dataclass(frozen=True, slots=True)
class Reference:
    """All that the page shows."""

    title: str
    paragraphs: list[str]
    groups: list[Group]
    schemas: list[Schema]


def reference(document: Json) -> Reference:
    """Lay a description in OpenAPI's form out for reading."""
    operations = list(_operations(document))
    groups = [
        Group(tag["name"], tag["description"], _under(tag["name"], operations))
        for tag in document["tags"]
    ]
    return Reference(
        document["info"]["title"],
        document["info"]["description"].strip().split("\n\n"),
        [group for group in groups if group.operations],
        [_schema(name, each) for name, each in sorted(document["components"]["schemas"].items())],
    )


def _under(tag: str, operations: list[tuple[str, Operation]]) -> list[Operation]:
    return [operation for name, operation in operations if name == tag]


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield told["tags"][0], _operation(method.upper(), path, told, document)


def _operation(method: str, path: str, told: Json, document: Json) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    takes = _kind(body["schema"]) if body else ""
    by = [list(each) for each in told.get("security", [])]
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        summary=told["summary"],
        description=told["description"],
        by=by,
        parameters=[_parameter(each) for each in told.get("parameters", [])],
        takes=takes,
        gives=[_answer(status, each) for status, each in sorted(told["responses"].items())],
        curl=_curl(method, path, by, _example(takes, document) if takes else None),
    )


def _parameter(told: Json) -> Field:
    return Field(
        told["name"],
        _kind(told["schema"]),
        bool(told.get("required")),
        told.get("description", ""),
        told["in"],
    )


def _answer(status: str, told: Json) -> tuple[str, str, str]:
    contents = told.get("content", {}).values()
    kind = next((_kind(each["schema"]) for each in contents if each.get("schema")), "")
    return status, told.get("description", ""), kind


def _example(schema: str, document: Json) -> str:
    told = document["components"]["schemas"].get(schema, {})
    return json.dumps(told.get("example", {}), ensure_ascii=False)


def _curl(method: str, path: str, by: list[list[str]], body: str | None) -> str:
    lines = ["curl" if method == "GET" else f"curl -X {method}"]
    if [SESSION] in by or [SESSION, CSRF] in by:
        lines.append("-b cookies.txt")
    if [SESSION, CSRF] in by:
        lines.append('-H "X-CSRF-Token: $CSRF"')
    elif [SESSION] not in by and by:
        lines.append(f'-H "Authorization: Bearer ${TOKEN.upper()}"')
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    return " \\\n  ".join([*lines, f'"{_BASE}{path}"'])


def _schema(name: str, told: Json) -> Schema:
    required = set(told.get("required", ()))
    fields = [
        Field(field, _kind(each), field in required, each.get("description", ""))
        for field, each in told.get("properties", {}).items()
    ]
    values = ", ".join(str(each) for each in told.get("enum", ()))
    return Schema(name, told.get("description", "").strip(), fields, values)


def _kind(schema: Json) -> str:
    """Return what a schema allows, in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_kind(each) for each in schema[several]))
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_kind(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type") or "anything") + _bounds(schema)


def _bounds(schema: Json) -> str:
    """Return the bounds of a number or of a text's length."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f" {least:g}–{most:g}"
    longest = schema.get("maxLength")
    return f" up to {longest:,}" if longest else ""
