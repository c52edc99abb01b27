"""The pages of the message list, with Twilio's filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from simulator.errors import ApiError
from simulator.settings import Settings
from simulator.state import Message
from simulator.views import API, parties, resource


class MessagePage(BaseModel):
    """The query of ``GET Messages.json``; dates are days or ISO 8601 moments, in UTC."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    to: str = Field(default="", alias="To", max_length=200)
    sender: str = Field(default="", alias="From", max_length=200)
    sent_on: str = Field(default="", alias="DateSent", max_length=40)
    sent_until: str = Field(default="", alias="DateSent<", max_length=40)
    sent_since: str = Field(default="", alias="DateSent>", max_length=40)
    size: int = Field(default=50, alias="PageSize", ge=1, le=1000)
    page: int = Field(default=0, alias="Page", ge=0, le=1_000_000)
    token: str = Field(default="", alias="PageToken", pattern=r"^(PA\d{1,15})?$")


def page_of(messages: list[Message], query: MessagePage, settings: Settings) -> dict[str, Any]:
    """One page of the list.

    A page token is the arrival number of the last message of the page before, so that messages
    that come in while a client pages are neither shown twice nor push others off.

    Args:
        messages: All messages, the newest first.
        query: The filters and the page that is wanted.
        settings: The account.

    Raises:
        ApiError: If a date cannot be read.
    """
    since, until = _span(query)
    addressed = (m for m in messages if _matches(m, query, settings))
    found = [m for m in addressed if since <= _sent(m) <= until]
    rest = _after_token(found, query)
    shown, more = rest[: query.size], len(rest) > query.size
    start = query.page * query.size
    return {
        "messages": [resource(message, settings) for message in shown],
        "page": query.page,
        "page_size": query.size,
        "start": start,
        "end": start + max(0, len(shown) - 1),
        "uri": _uri(query, settings, query.page, query.token),
        "first_page_uri": _uri(query, settings, 0, ""),
        "previous_page_uri": _uri(query, settings, query.page - 1, "") if query.page else None,
        "next_page_uri": (
            _uri(query, settings, query.page + 1, f"PA{shown[-1].arrival}") if more else None
        ),
    }


def _after_token(found: list[Message], query: MessagePage) -> list[Message]:
    if query.token:
        last = int(query.token.removeprefix("PA"))
        return [message for message in found if message.arrival < last]
    return found[query.page * query.size :]


def _uri(query: MessagePage, settings: Settings, page: int, token: str) -> str:
    asked = query.model_dump(by_alias=True, exclude_defaults=True)
    asked |= {"PageSize": query.size, "Page": page, "PageToken": token}
    fields = {name: value for name, value in asked.items() if value != ""}
    return f"/{API}/Accounts/{settings.account_sid}/Messages.json?{urlencode(fields)}"


def _matches(message: Message, query: MessagePage, settings: Settings) -> bool:
    sender, recipient = parties(message, settings)
    return query.to in ("", recipient) and query.sender in ("", sender)


def _sent(message: Message) -> datetime:
    return (message.sent_at or message.created_at).replace(microsecond=0)


def _span(query: MessagePage) -> tuple[datetime, datetime]:
    """The first and the last moment that the three date filters leave."""
    since = [_first(text) for text in (query.sent_on, query.sent_since) if text]
    until = [_last(text) for text in (query.sent_on, query.sent_until) if text]
    always = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return max([always[0], *since]), min([always[1], *until])


def _first(text: str) -> datetime:
    """The first moment that a date or a time names."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, 20001, f"DateSent {text!r} is not a date (YYYY-MM-DD)") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _last(text: str) -> datetime:
    """The last second that a date names; a full time names just itself."""
    moment = _first(text)
    whole_day = len(text) == len("2026-01-31")
    return moment.replace(hour=23, minute=59, second=59) if whole_day else moment
