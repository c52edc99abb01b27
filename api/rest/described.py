"""What every endpoint of the REST interface says of itself in its description."""

from typing import Any

from fastapi import Depends

from api.rest.callers import csrf_header

PROBLEM = "application/problem+json"
SESSION, TOKEN, CSRF = "Session", "Token", "CsrfToken"

BY_SESSION: dict[str, Any] = {"security": [{SESSION: []}]}
BY_SESSION_AND_CSRF: dict[str, Any] = {"security": [{SESSION: [], CSRF: []}]}
BY_TOKEN: dict[str, Any] = {"security": [{TOKEN: []}]}
BY_EITHER: dict[str, Any] = {"security": [{SESSION: []}, {TOKEN: []}]}

_MEANINGS = {
    401: "Nobody has signed in, or the token is not valid",
    403: "Not allowed: the CSRF token is missing or another session's",
    404: "It is not there, or it is somebody else's",
    409: "A request with this Idempotency-Key is being worked on",
    412: "What If-Match names is not the present state",
    413: "The body is larger than 64 kB",
    422: "The request is not valid, or its Idempotency-Key belongs to another request",
    429: "More than 120 requests a minute; Retry-After says when to go on",
}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """Return the description of answers that refuse a request, 401, 422 and 429 among them."""
    body = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _MEANINGS[status], "content": body}
        for status in sorted({401, 422, 429, *statuses})
    }


def write(*statuses: int, **more: Any) -> dict[str, Any]:
    """Return what the route of a traveller's write is declared with.

    Args:
        statuses: of refusals, beside those that any write may meet.
        more: further arguments of the route.
    """
    responses = {**problems(403, 409, 413, *statuses), **more.pop("responses", {})}
    return {
        "dependencies": [Depends(csrf_header)],
        "openapi_extra": BY_SESSION_AND_CSRF,
        "responses": responses,
        **more,
    }
