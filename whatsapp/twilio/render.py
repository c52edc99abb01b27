"""From one message to the fields of Twilio's API."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conversation.schemas import Pin
from whatsapp.checks import check
from whatsapp.render import MAX_BUTTONS
from whatsapp.schemas import Content, TemplateUse
from whatsapp.templates.schemas import TemplateVariant

TEMPLATE = "template-"

_LINES = re.compile(r"[^\n]+|\n\n|\n")
_BREAKS = {"\n": "", "\n\n": "-"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A form that many messages share, registered with Twilio once and then filled in.

    Attributes:
        name: what tells it from other shapes, such as ``quick-reply-2`` or ``card-3-x-xx-0a1b``:
            the kind, how many choices, the lines of the body (``-`` for a blank line) where it
            has more than one, which rows have a description (``ddddt``), where pictures lie.
        types: the content types, with ``{{1}}``, ``{{2}}``… where variables go.
        variables: the values that this message fills in, by number.
        language: ISO 639 code of what is said in the shape itself.
        samples: an example of each variable, where the shape is a template; other shapes have
            none, for what a traveller is told does not belong there.
    """

    name: str
    types: dict[str, Any]
    variables: dict[str, str]
    language: str = "en"
    samples: dict[str, str] | None = None

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
    """Return the shape of a message with choices: a card or buttons for up to three, else a list.

    Raises:
        InvalidInputError: the message breaks one of WhatsApp's limits.
    """
    check(content)
    if len(content.choices) > MAX_BUTTONS:
        return _list_picker(content)
    return _card(content, content.image_url) if content.image_url else _quick_reply(content)


def template_shape(template: TemplateVariant) -> Shape:
    """Return the shape that stands for one language of a template."""
    kind = "twilio/quick-reply" if template.buttons else "twilio/text"
    said: dict[str, Any] = {"body": template.numbered_body}
    if template.buttons:
        said["actions"] = [
            {"type": "QUICK_REPLY", "title": button.label, "id": button.id}
            for button in template.buttons
        ]
    name = f"{TEMPLATE}{template.language}-{template.provider_name}"
    return Shape(name, {kind: said}, {}, template.language, numbered(template.samples))


def template_variables(template: TemplateUse) -> str:
    """Return what a template is filled in with, in the form in which Twilio takes it."""
    return json.dumps(numbered(template.variables), ensure_ascii=False)


def numbered(values: list[str]) -> dict[str, str]:
    """Return *values* by their number, from ``1``."""
    return {str(number): value for number, value in enumerate(values, start=1)}


def plain_fields(content: Content) -> dict[str, Any]:
    """Return the fields of a message without choices: a text, a picture or a point on the map."""
    if content.pin is not None:
        return _pin_fields(content.pin)
    fields: dict[str, Any] = {"body": content.body} if content.body else {}
    if content.image_url:
        fields["media_url"] = [content.image_url]
    return fields


def _pin_fields(pin: Pin) -> dict[str, Any]:
    """Put the bar that parts point and label in neither."""
    label = (pin.address or pin.name).replace("|", "/").replace("\n", ", ")
    point = f"geo:{pin.latitude:.6f},{pin.longitude:.6f}|{label}"
    return {"body": pin.name, "persistent_action": [point]}


def _body(text: str, variables: _Variables) -> tuple[str, str]:
    """Return the body with a variable for each line, and the name of its form.

    A variable may hold no line break, so the breaks are in the shape.
    """
    pieces = _LINES.findall(text)
    body = "".join(each if each in _BREAKS else variables.put(each) for each in pieces)
    form = "".join(_BREAKS.get(each, "x") for each in pieces)
    return body, "" if form == "x" else f"-{form}"


def _actions(content: Content, variables: _Variables) -> list[Mapping[str, str]]:
    return [
        {
            "type": "QUICK_REPLY",
            "title": variables.put(choice.label),
            "id": variables.put(choice.id),
        }
        for choice in content.choices
    ]


def _quick_reply(content: Content) -> Shape:
    variables = _Variables()
    body, form = _body(content.body, variables)
    actions = _actions(content, variables)
    types = {"twilio/quick-reply": {"body": body, "actions": actions}}
    return Shape(f"quick-reply-{len(actions)}{form}", types, variables.values)


def _card(content: Content, image_url: str) -> Shape:
    """The host of a picture is part of the shape: Twilio takes variables for the path only."""
    variables = _Variables()
    title, form = _body(content.body, variables)
    parts = urlsplit(image_url)
    host = f"{parts.scheme}://{parts.netloc}/"
    media = [host + variables.put(image_url.removeprefix(host))]
    actions = _actions(content, variables)
    types = {"twilio/card": {"title": title, "media": media, "actions": actions}}
    where = hashlib.sha256(host.encode()).hexdigest()[:8]
    return Shape(f"card-{len(actions)}{form}-{where}", types, variables.values)


def _list_picker(content: Content) -> Shape:
    """A variable must not be empty, so rows without a description make another shape."""
    variables = _Variables()
    body, form = _body(content.body, variables)
    button = variables.put(content.button)
    items, columns = [], ""
    for choice in content.choices:
        item = {"item": variables.put(choice.label), "id": variables.put(choice.id)}
        if choice.description is not None:
            item["description"] = variables.put(choice.description)
        columns += "t" if choice.description is None else "d"
        items.append(item)
    types = {"twilio/list-picker": {"body": body, "button": button, "items": items}}
    return Shape(f"list-picker-{len(items)}-{columns}{form}", types, variables.values)
