"""Lists in parts: where the next part begins is said by a cursor that only we can read."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from api.rest.schemas import MOST_ITEMS, Page
from core.errors import InvalidInputError

_LONGEST = 200
_LARGEST = 1 << 63

Row = TypeVar("Row")
Shown = TypeVar("Shown", bound=BaseModel)
Position = tuple[int, ...]
"""The sort keys of the last item of a part, as whole numbers."""


class Part:
    """The part of a list that a request asks for.

    Attributes:
        limit: how many items at most.
    """

    def __init__(
        self, request: Request, response: Response, limit: int, cursor: str | None
    ) -> None:
        self._request, self._response, self._cursor = request, response, cursor
        self.limit = limit

    def after(self, listing: str, keys: int) -> Position | None:
        """Return behind which item of *listing* the part begins; None for the first part.

        Args:
            listing: the list's name: a cursor of another list is refused.
            keys: by how many keys it is sorted.

        Raises:
            InvalidInputError: the cursor is not one of this list's.
        """
        return None if self._cursor is None else _read(self._cursor, listing, keys)

    def page(
        self,
        listing: str,
        rows: Sequence[Row],
        position: Callable[[Row], Position],
        show: Callable[[Row], Shown],
    ) -> Page[Shown]:
        """Return the rows as a page.

        Args:
            listing: the list's name.
            rows: the part's, and one more where the list goes on.
            position: returns the sort keys of a row.
            show: returns a row as it is answered.
        """
        shown, cursor = rows[: self.limit], None
        if len(rows) > self.limit:
            cursor = _written(listing, position(shown[-1]))
            query = self._request.url.include_query_params(cursor=cursor).query
            link = f'<{self._request.url.path}?{query}>; rel="next"'
            self._response.headers["Link"] = link
        return Page(items=[show(row) for row in shown], next=cursor)


def _asked_for(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most")] = 20,
    cursor: Annotated[
        str | None, Query(max_length=_LONGEST, description="The `next` of the part before")
    ] = None,
) -> Part:
    return Part(request, response, limit, cursor)


AskedPart = Annotated[Part, Depends(_asked_for)]


def _written(listing: str, position: Position) -> str:
    plain = json.dumps([listing, *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read(cursor: str, listing: str, keys: int) -> Position:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain: Any = json.loads(base64.b64decode(padded.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        plain = None
    if isinstance(plain, list) and plain[:1] == [listing] and len(plain) == 1 + keys:
        position = tuple(plain[1:])
        if all(type(key) is int and abs(key) < _LARGEST for key in position):
            return position
    raise InvalidInputError("cursor: give the `next` of a part of this list, as it came")
