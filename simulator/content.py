"""Content resources: turning one plus its variables into what the phone shows, within limits."""

from __future__ import annotations

import json
import mimetypes
import re
from urllib.parse import urlsplit

from simulator.errors import ApiError
from simulator.schemas import (
    Action,
    Button,
    Card,
    CarouselContent,
    Content,
    ContentTypes,
    ListPicker,
    ListRow,
    Location,
    LocationContent,
    Media,
)
from simulator.state import Rendered

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MAX_INTERACTIVE_BODY = 1024
MAX_REPLIES = 3
MAX_TITLE = 20
MAX_TEMPLATE_TITLE = 25
MAX_ID = 200
MAX_ROW_TITLE = 24
MAX_ROW_DESCRIPTION = 72
MAX_VARIABLE = 1600
MAX_CARD_BODY = 160


class ContentError(Exception):
    """A content that WhatsApp refuses after Twilio accepted the send (error 63021)."""


def parse_variables(raw: str | None) -> dict[str, str]:
    """``ContentVariables`` as a mapping.

    Raises:
        ApiError: 21656 when it is not a JSON object of strings and numbers, 21658 when one of
            them is too long.
    """
    if not raw:
        return {}
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict) or not all(_is_plain(value) for value in parsed.values()):
        raise ApiError(400, 21656, "The ContentVariables Parameter is invalid")
    if any(len(str(value)) > MAX_VARIABLE for value in parsed.values()):
        raise ApiError(400, 21658, f"A content variable exceeds {MAX_VARIABLE} characters")
    return {name: str(value) for name, value in parsed.items()}


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return _is_unicode(value)
    return isinstance(value, int | float)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: no text at all
        return False
    return True


def media_of(url: str) -> Media:
    """A file by its address, its type guessed from the ending."""
    try:
        guessed, _ = mimetypes.guess_type(urlsplit(url).path)
    except ValueError:  # no address at all; whoever checks addresses will say so
        guessed = None
    return Media.model_construct(url=url, content_type=guessed or "application/octet-stream")


class _Filler:
    """Puts variables into texts and refuses the values that WhatsApp refuses."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def __call__(self, text: str | None) -> str:
        return VARIABLE.sub(self._value, text or "")

    def _value(self, found: re.Match[str]) -> str:
        name = found.group(1)
        value = self._values.get(name, "")
        if not value.strip():
            raise ContentError(f"content variable {name} is empty")
        if re.search(r"[\n\r\t]| {5,}", value):
            raise ContentError(
                f"content variable {name} has a newline, a tab or more than 4 spaces"
            )
        return value


def render(
    content: Content, variables: dict[str, str], *, limited: bool = True, opens: bool = False
) -> Rendered:
    """What the phone shows for a content with these variables.

    Args:
        content: The content.
        variables: Values by name; the content's own samples stand in for those left out.
        limited: Whether WhatsApp's limits on buttons, rows and lengths apply.
        opens: Whether it opens a conversation, as a template, which may have longer buttons.

    Raises:
        ContentError: If a variable or the rendered message breaks one of WhatsApp's limits.
    """
    fill = _Filler({**content.request.variables, **variables})
    look = _richest(content.request.types, fill)
    _check_addresses(look)
    if limited:
        _check(look, MAX_TEMPLATE_TITLE if opens or look.cards else MAX_TITLE)
    return look


def _richest(types: ContentTypes, fill: _Filler) -> Rendered:
    if types.carousel:
        return Rendered(fill(types.carousel.body), cards=_cards(types.carousel, fill))
    if types.card:
        words = [types.card.title or types.card.body, types.card.subtitle]
        body = "\n".join(fill(part) for part in words if part)
        media = [media_of(fill(url)) for url in types.card.media or []]
        return Rendered(body, _buttons(types.card.actions or [], fill), media=media)
    if types.quick_reply:
        return Rendered(fill(types.quick_reply.body), _buttons(types.quick_reply.actions, fill))
    if types.list_picker:
        rows = [
            ListRow(id=fill(i.id), title=fill(i.item), description=fill(i.description))
            for i in types.list_picker.items
        ]
        picker = ListPicker(button=fill(types.list_picker.button), rows=rows)
        return Rendered(fill(types.list_picker.body), list_picker=picker)
    return _plain(types, fill)


def _cards(carousel: CarouselContent, fill: _Filler) -> list[Card]:
    return [
        Card(
            body="\n".join(fill(part) for part in (card.title, card.body) if part),
            media=[media_of(fill(card.media))],
            buttons=_buttons(card.actions, fill),
        )
        for card in carousel.cards
    ]


def _place(place: LocationContent, fill: _Filler) -> Location:
    try:
        return Location(
            latitude=float(fill(str(place.latitude))),
            longitude=float(fill(str(place.longitude))),
            label=fill(place.label),
            address=fill(place.address),
        )
    except ValueError:
        raise ContentError("the latitude or longitude is no number of degrees") from None


def _plain(types: ContentTypes, fill: _Filler) -> Rendered:
    if types.location:
        return Rendered(location=_place(types.location, fill))
    if types.call_to_action:
        actions = types.call_to_action.actions
        return Rendered(fill(types.call_to_action.body), _buttons(actions, fill))
    if types.media:
        media = [media_of(fill(url)) for url in types.media.media]
        return Rendered(fill(types.media.body), media=media)
    return Rendered(fill(types.text.body if types.text else ""))


def _buttons(actions: list[Action], fill: _Filler) -> list[Button]:
    return [_button(action, fill) for action in actions]


def _button(action: Action, fill: _Filler) -> Button:
    title = fill(action.title)
    if action.type == "URL":
        return Button(kind="url", title=title, url=fill(action.url))
    if action.type == "PHONE_NUMBER":
        return Button(kind="phone", title=title, url=f"tel:{fill(action.phone)}")
    return Button(kind="reply", title=title, id=fill(action.id) or title)


def _check_addresses(look: Rendered) -> None:
    media = [*look.media, *(media for card in look.cards for media in card.media)]
    if not all(_is_web(file.url) for file in media):
        raise ContentError("the media address is not an http or https one")
    buttons = [*look.buttons, *(button for card in look.cards for button in card.buttons)]
    if not all(button.kind != "url" or _is_web(button.url or "") for button in buttons):
        raise ContentError("the address of a button is not an http or https one")


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False


def _check(look: Rendered, title: int) -> None:
    interactive = bool(look.buttons or look.list_picker or look.cards)
    _within("body", look.body, MAX_INTERACTIVE_BODY if interactive else MAX_VARIABLE)
    _check_buttons(look.buttons, title)
    for card in look.cards:
        _within("card body", card.body, MAX_CARD_BODY)
        _check_buttons(card.buttons, title)
    if look.list_picker:
        _check_list(look.list_picker)


def _check_buttons(buttons: list[Button], title: int) -> None:
    if len(buttons) > MAX_REPLIES:
        raise ContentError(f"{len(buttons)} buttons, at most {MAX_REPLIES} are allowed")
    for button in buttons:
        _within("button title", button.title, title)
        _within("button id", button.id or "", MAX_ID)
    if len({button.title for button in buttons}) < len(buttons):
        raise ContentError("two buttons have the same title")


def _check_list(picker: ListPicker) -> None:
    _within("list button", picker.button, MAX_TITLE)
    for row in picker.rows:
        _within("row title", row.title, MAX_ROW_TITLE)
        _within("row description", row.description, MAX_ROW_DESCRIPTION)
        _within("row id", row.id, MAX_ID)
    if len({row.id for row in picker.rows}) < len(picker.rows):
        raise ContentError("two rows have the same id")


def _within(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise ContentError(f"{what} of {len(text)} characters, at most {limit} are allowed")
