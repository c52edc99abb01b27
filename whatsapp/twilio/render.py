"""From one message to the fields of Twilio's API, with every limit checked before the wire."""

import json
import re
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInputError
from whatsapp.render import MAX_CAPTION, MAX_PROMPT, MAX_TEXT, NOT_IN_A_VARIABLE, size
from whatsapp.schemas import Content

MAX_BUTTONS = 3
MAX_ROWS = 10
MAX_BUTTON_TITLE = 20
MAX_ROW_TITLE = 24
MAX_DESCRIPTION = 72
MAX_ID = 200

_WEB_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Shape:
    """A form that many messages share, registered with Twilio once and then filled in.

    Attributes:
        name: ``quick-reply-2``; for lists also which rows have a description (``list-5-ddddt``).
        types: the content types, with ``{{1}}``, ``{{2}}``… where variables go.
        variables: the values that this message fills in, by number.
    """

    name: str
    types: dict[str, Any]
    variables: dict[str, str]

    @property
    def variables_json(self) -> str:
        """The variables in the form in which Twilio takes them."""
        return json.dumps(self.variables, ensure_ascii=False)


class _Variables:
    """Hands out ``{{1}}``, ``{{2}}``… and remembers what belongs there."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def put(self, value: str) -> str:
        number = str(len(self.values) + 1)
        self.values[number] = value
        return "{{" + number + "}}"


def shape(content: Content) -> Shape:
    """Return the shape of a message with choices: buttons for up to three, else a list.

    Raises:
        InvalidInputError: the message breaks one of WhatsApp's limits.
    """
    check(content)
    if len(content.choices) <= MAX_BUTTONS:
        return _quick_reply(content)
    return _list_picker(content)


def check(content: Content) -> None:
    """Make sure that WhatsApp will take *content*.

    Raises:
        InvalidInputError: it would not; the message names the limit.
    """
    if content.choices:
        _check_choices(content)
    else:
        limit = MAX_CAPTION if content.image_url else MAX_TEXT
        _at_most(limit, content.body, "a text" if limit == MAX_TEXT else "a caption")
        if not content.body.strip() and not content.image_url:
            raise InvalidInputError("a message needs text or a picture")
    if content.image_url and not _WEB_ADDRESS.fullmatch(content.image_url):
        raise InvalidInputError("a picture needs an http(s) address")


def _check_choices(content: Content) -> None:
    if len(content.choices) > MAX_ROWS:
        raise InvalidInputError(f"a list holds {MAX_ROWS} rows")
    if content.image_url:
        raise InvalidInputError("a message with choices carries no picture")
    as_list = len(content.choices) > MAX_BUTTONS
    label_limit = MAX_ROW_TITLE if as_list else MAX_BUTTON_TITLE
    _check_variable(content.body, MAX_PROMPT, "the text above choices")
    if as_list:
        _check_variable(content.button, MAX_BUTTON_TITLE, "a list's button")
    for choice in content.choices:
        _check_variable(choice.label, label_limit, "a choice's label")
        _check_variable(choice.id, MAX_ID, "a choice's id")
        if choice.description is not None:
            _check_variable(choice.description, MAX_DESCRIPTION, "a choice's description")


def _check_variable(value: str, limit: int, what: str) -> None:
    if not value.strip():
        raise InvalidInputError(f"{what} must not be empty")
    if NOT_IN_A_VARIABLE.search(value):
        raise InvalidInputError(f"{what} must be one line, without runs of blanks")
    _at_most(limit, value, what)


def _at_most(limit: int, text: str, what: str) -> None:
    if size(text) > limit:
        raise InvalidInputError(f"{what} holds {limit} characters, not {size(text)}")


def _quick_reply(content: Content) -> Shape:
    variables = _Variables()
    body = variables.put(content.body)
    actions = [
        {
            "type": "QUICK_REPLY",
            "title": variables.put(choice.label),
            "id": variables.put(choice.id),
        }
        for choice in content.choices
    ]
    types = {"twilio/quick-reply": {"body": body, "actions": actions}}
    return Shape(f"quick-reply-{len(actions)}", types, variables.values)


def _list_picker(content: Content) -> Shape:
    """A variable must not be empty, so rows without a description make another shape."""
    variables = _Variables()
    body, button = variables.put(content.body), variables.put(content.button)
    items, columns = [], ""
    for choice in content.choices:
        item = {"item": variables.put(choice.label), "id": variables.put(choice.id)}
        if choice.description is not None:
            item["description"] = variables.put(choice.description)
        columns += "t" if choice.description is None else "d"
        items.append(item)
    types = {"twilio/list-picker": {"body": body, "button": button, "items": items}}
    return Shape(f"list-picker-{len(items)}-{columns}", types, variables.values)
