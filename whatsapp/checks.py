"""WhatsApp's limits on a message, checked before anything goes over the wire.

They are the strictest that any provider has, so that a message is the same whoever carries it.
"""

import re

from core.errors import InvalidInputError
from whatsapp.render import (
    MAX_BUTTONS,
    MAX_CAPTION,
    MAX_TEXT,
    MAX_WITH_CHOICES,
    NOT_IN_A_VARIABLE,
    fits_a_card,
    fits_with_choices,
    size,
)
from whatsapp.schemas import Content, TemplateUse

MAX_ROWS = 10
MAX_BUTTON_TITLE = 20
MAX_ROW_TITLE = 24
MAX_DESCRIPTION = 72
MAX_ID = 200
MAX_PLACE_NAME = 100

_WEB_ADDRESS = re.compile(r"https?://\S+")
_MAX_TEMPLATE_VARIABLE = 1_024


def check(content: Content) -> None:
    """Make sure that WhatsApp will take *content*.

    Raises:
        InvalidInputError: it would not; the message names the limit.
    """
    template = content.template if is_template_only(content) else None
    if template is not None:
        _check_template(template)
    elif content.pin is not None:
        _check_alone(content)
    elif content.choices:
        _check_choices(content)
    else:
        _check_plain(content)
    if content.image_url and not _WEB_ADDRESS.fullmatch(content.image_url):
        raise InvalidInputError("a picture needs an http(s) address")


def is_template_only(content: Content) -> bool:
    """Tell whether *content* is a template and nothing else, so that the template goes out."""
    other = content.body or content.choices or content.image_url or content.pin
    return content.template is not None and not other


def _check_plain(content: Content) -> None:
    limit = MAX_CAPTION if content.image_url else MAX_TEXT
    _at_most(limit, content.body, "a text" if limit == MAX_TEXT else "a caption")
    if not content.body.strip() and not content.image_url:
        raise InvalidInputError("a message needs text or a picture")


def _check_alone(content: Content) -> None:
    if content.body or content.choices or content.image_url:
        raise InvalidInputError("a point on the map goes alone")


def _check_template(template: TemplateUse) -> None:
    if not template.provider_id:
        raise InvalidInputError(f"template {template.name} is not registered with the provider")
    for value in template.variables:
        _check_variable(value, _MAX_TEMPLATE_VARIABLE, "a template's variable")


def _check_choices(content: Content) -> None:
    if len(content.choices) > MAX_ROWS:
        raise InvalidInputError(f"a list holds {MAX_ROWS} rows")
    as_list = len(content.choices) > MAX_BUTTONS
    if as_list and content.image_url:
        raise InvalidInputError("a message with a list carries no picture")
    if content.image_url and not fits_a_card(content.image_url):
        raise InvalidInputError("a card's picture needs a short http(s) address with a path")
    _at_most(MAX_WITH_CHOICES, content.body, "the text above choices")
    if not fits_with_choices(content.body):
        raise InvalidInputError("the text above choices is empty or has too many or odd lines")
    if as_list:
        _check_variable(content.button, MAX_BUTTON_TITLE, "a list's button")
    for choice in content.choices:
        label_limit = MAX_ROW_TITLE if as_list else MAX_BUTTON_TITLE
        _check_variable(choice.label, label_limit, "a choice's label")
        _check_variable(choice.id, MAX_ID, "a choice's id")
        if choice.description is not None:
            _check_variable(choice.description, MAX_DESCRIPTION, "a choice's description")
    _check_distinct([choice.id for choice in content.choices], "id")
    _check_distinct([choice.label for choice in content.choices], "label")


def _check_distinct(values: list[str], what: str) -> None:
    if len(set(values)) < len(values):
        raise InvalidInputError(f"two choices have the same {what}")


def _check_variable(value: str, limit: int, what: str) -> None:
    if not value.strip():
        raise InvalidInputError(f"{what} must not be empty")
    if NOT_IN_A_VARIABLE.search(value):
        raise InvalidInputError(f"{what} must be one line, without runs of blanks")
    _at_most(limit, value, what)


def _at_most(limit: int, text: str, what: str) -> None:
    if size(text) > limit:
        raise InvalidInputError(f"{what} holds {limit} characters, not {size(text)}")
