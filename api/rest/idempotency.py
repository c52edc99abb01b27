"""Doing a write once, however often it is asked for under one key.

The answer is stored in the transaction of the write itself: after a crash there are both or
neither. While one request is at work under a key, a lock that ends with its transaction keeps
others out. A write that is refused stores nothing, and may be corrected under the same key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import HTTPException, Response
from pydantic import BaseModel

from api.rest import repository
from api.rest.callers import Write
from core.database import Connection
from core.errors import InvalidInputError

KEPT_HOURS = 24
REPLAYED = "Idempotent-Replayed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say when a write is done.

    Attributes:
        status: of HTTP.
        content: the body; None for an empty one.
        headers: beside the usual ones.
    """

    status: int
    content: BaseModel | None = None
    headers: dict[str, str] = field(default_factory=dict)


def once(connection: Connection, write: Write, do: Callable[[], Answer]) -> Response:
    """Do a write, unless it was done under its key already, and return the answer to it.

    Args:
        connection: the transaction in which *do* writes.
        write: who asks for what, and under which key.
        do: does it.

    Raises:
        HTTPException: 409, another request under the key is at work.
        InvalidInputError: something else was asked for under the key.
    """
    if write.key is None:
        return _response(do())
    if not repository.lock_key(connection, _lock(write)):
        reason = "a request with this Idempotency-Key is being worked on"
        raise HTTPException(409, reason, {"Retry-After": "1"})
    done = repository.answer_under(connection, write.owner, write.key, KEPT_HOURS)
    if done is not None:
        if done.request_hash != write.fingerprint:
            raise InvalidInputError("this Idempotency-Key belongs to another request")
        return Response(done.body, done.status, {**done.headers, REPLAYED: "true"})
    response = _response(do())
    given = repository.Given(
        write.fingerprint, response.status_code, bytes(response.body), _own_headers(response)
    )
    repository.keep_answer(connection, write.owner, write.key, given)
    return response


def _lock(write: Write) -> int:
    digest = hashlib.sha256(f"{write.owner}\0{write.key}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _response(answer: Answer) -> Response:
    if answer.content is None:
        return Response(status_code=answer.status, headers=answer.headers)
    return Response(
        answer.content.model_dump_json(),
        answer.status,
        {**answer.headers, "Content-Type": "application/json"},
    )


def _own_headers(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}
