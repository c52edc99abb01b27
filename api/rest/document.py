"""The description of the REST interface in OpenAPI's form, made of the routes themselves."""

import http
import inspect
import json
import re
from typing import Any

from fastapi import FastAPI

from api.rest.described import CSRF, SESSION, TOKEN, problems
from api.rest.schemas import Problem
from api.sessions.visit import SESSION as SESSION_COOKIE
from api.sessions.visit import cookie_name
from core.settings import settings

PREFIX = "/api/v1"

_DESCRIPTION = """\
For a traveller's own data a browser's session is enough; every write of a session also carries
`X-CSRF-Token`, which `GET /api/v1/me` tells. Programs of the operator send a token that
`travelbuddy token create` has made.

Every write takes an `Idempotency-Key`: sent again under the same key within 24 hours it is not
done again, and the answer says `Idempotent-Replayed: true`. Lists come in parts: `next`, and the
`Link` header, lead to the part after. Errors are problem documents (RFC 9457) with one line to
act on. So many requests may be made: 120 a minute for each session and each token.
"""

_TAGS = [
    {"name": "session", "description": "Who is asking."},
    {"name": "preferences", "description": "What a traveller would like, and what matters most."},
    {"name": "recommendations", "description": "Tours, ranked, each with its reason."},
    {"name": "feedback", "description": "What a traveller did with tours; the ranking learns."},
    {"name": "saved tours", "description": "Tours that a traveller keeps."},
    {"name": "catalogue", "description": "Tours, and where one sleeps on them."},
    {"name": "desk", "description": "Talks of travellers who asked for a person."},
]


def document(app: FastAPI) -> dict[str, Any]:
    """Return the description of version 1, made once for each application."""
    kept: dict[str, Any] | None = getattr(app.state, "rest_document", None)
    if kept is None:
        kept = app.state.rest_document = _made(app)
    return kept


def install(app: FastAPI) -> None:
    """Complete the description of the whole application, too, with what ours refers to."""
    made = app.openapi

    def completed() -> dict[str, Any]:
        return _completed(made())

    app.openapi = completed  # type: ignore[method-assign]


def _made(app: FastAPI) -> dict[str, Any]:
    whole = _completed(app.openapi())
    paths = {path: each for path, each in whole["paths"].items() if path.startswith(f"{PREFIX}/")}
    components = whole["components"]
    return {
        "openapi": whole["openapi"],
        "info": {
            "title": f"{settings().business_name}: REST API",
            "version": "1",
            "summary": "Preferences, recommendations, feedback and the catalogue",
            "description": _DESCRIPTION,
        },
        "servers": [{"url": settings().public_base_url}],
        "tags": _TAGS,
        "paths": {path: _named(path, methods) for path, methods in paths.items()},
        "components": {**components, "schemas": _in_use(paths, components["schemas"])},
    }


def _named(path: str, methods: dict[str, Any]) -> dict[str, Any]:
    """Return operations called by the names of our functions, without path and method."""
    place = re.sub(r"\W", "_", path)
    named = {}
    for method, told in methods.items():
        summary, _, more = told["description"].partition("\n\n")
        name = told["operationId"].removesuffix(f"{place}_{method}")
        named[method] = {**told, "operationId": name, "summary": summary, "description": more}
        for status, answer in told["responses"].items():
            if answer["description"] == "Successful Response":
                answer["description"] = http.HTTPStatus(int(status)).phrase
    return named


def _in_use(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the paths refer to, and those that these refer to."""
    found: dict[str, Any] = {}
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        found[name] = schemas[name]
        waiting |= _references(schemas[name]) - found.keys()
    return dict(sorted(found.items()))


def _references(described: dict[str, Any]) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))


def _completed(described: dict[str, Any]) -> dict[str, Any]:
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for schema in schemas.values():
        _describe_fields(schema)
    components.setdefault("securitySchemes", {}).update(_schemes())
    for methods in described["paths"].values():
        for told in methods.values():
            if "HTTPValidationError" in json.dumps(told["responses"].get("422", "")):
                told["responses"]["422"] = problems(422)[422]  # FastAPI does not know our form
    return described


def _describe_fields(schema: dict[str, Any]) -> None:
    """Move what a class says of its attributes to the fields that they are."""
    text, heading, attributes = schema.get("description", "").partition("\n\nAttributes:\n")
    if not heading:
        return
    schema["description"] = text
    told = re.sub(r"\n +", " ", inspect.cleandoc(attributes))
    for name, meaning in re.findall(r"^(\w+): (.*)$", told, re.MULTILINE):
        if name in schema.get("properties", {}):
            schema["properties"][name].setdefault("description", meaning)


def _schemes() -> dict[str, Any]:
    return {
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie_name(SESSION_COOKIE),
            "description": "The session of a traveller's browser",
        },
        CSRF: {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "The `csrf_token` of GET /api/v1/me",
        },
        TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that `travelbuddy token create` has made",
        },
    }
