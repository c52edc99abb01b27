"""From one message to the fields of the Cloud API."""

from typing import Any
from urllib.parse import urlsplit

from whatsapp.checks import check, is_template_only
from whatsapp.render import MAX_BUTTONS
from whatsapp.schemas import Content, TemplateUse

_MAX_LINK_TITLE = 20


def fields(content: Content) -> dict[str, Any]:
    """Return what is particular to *content* in a request to send it, its ``type`` included.

    Raises:
        InvalidInputError: the message breaks one of WhatsApp's limits.
    """
    check(content)
    if is_template_only(content) and content.template is not None:
        return _typed("template", _template(content.template, content.template.language))
    if content.pin is not None:
        return _typed("location", content.pin.model_dump(exclude_defaults=True))
    if content.choices:
        return _typed("interactive", _interactive(content))
    if content.image_url and content.link and (label := _link_label(content.link)):
        return _typed("interactive", _card_with_link(content, content.link, label))
    if content.image_url:
        caption = {"caption": content.body} if content.body else {}
        return _typed("image", {"link": content.image_url, **caption})
    return _typed("text", {"body": content.body, "preview_url": content.link is not None})


def recipient(address: str) -> dict[str, str]:
    """Return the field that names whom a message is for: people without a phone have another."""
    to = {"to": address} if address.startswith("+") else {"recipient": address}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to}


def _typed(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, kind: said}


def _interactive(content: Content) -> dict[str, Any]:
    said: dict[str, Any] = {"body": {"text": content.body}}
    if content.image_url:
        said["header"] = {"type": "image", "image": {"link": content.image_url}}
    if len(content.choices) <= MAX_BUTTONS:
        buttons = [
            {"type": "reply", "reply": {"id": choice.id, "title": choice.label}}
            for choice in content.choices
        ]
        return {"type": "button", **said, "action": {"buttons": buttons}}
    rows = [_row(choice.id, choice.label, choice.description) for choice in content.choices]
    action = {"button": content.button, "sections": [{"rows": rows}]}
    return {"type": "list", **said, "action": action}


def _card_with_link(content: Content, link: str, label: str) -> dict[str, Any]:
    parameters = {"display_text": label, "url": link}
    return {
        "type": "cta_url",
        "header": {"type": "image", "image": {"link": content.image_url}},
        "body": {"text": content.body},
        "action": {"name": "cta_url", "parameters": parameters},
    }


def _link_label(link: str) -> str | None:
    """Return the words on a link's button, which say where it leads; None if there is no room."""
    host = urlsplit(link).hostname or ""
    label = host.removeprefix("www.")
    return label if 0 < len(label) <= _MAX_LINK_TITLE else None


def _row(choice_id: str, label: str, description: str | None) -> dict[str, str]:
    row = {"id": choice_id, "title": label}
    return row if description is None else {**row, "description": description}


def _template(template: TemplateUse, language: str) -> dict[str, Any]:
    components: list[dict[str, Any]] = []
    if template.variables:
        words = [{"type": "text", "text": value} for value in template.variables]
        components.append({"type": "body", "parameters": words})
    components += [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(index),
            "parameters": [{"type": "payload", "payload": button_id}],
        }
        for index, button_id in enumerate(template.button_ids)
    ]
    filled = {"name": template.provider_id, "language": {"code": language}}
    return {**filled, "components": components} if components else filled
