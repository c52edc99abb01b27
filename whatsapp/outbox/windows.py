"""In which form a message goes out, judged at the moment of sending.

WhatsApp lets us write freely for 24 hours after the traveller's last words. After that only a
template may go out. One that announces (it has the button `continue`) goes ahead of the message,
which is held back until the traveller writes or taps; any other goes in place of the message.
"""

import structlog

from core.database import Connection
from core.settings import settings
from whatsapp.accounts import account
from whatsapp.checks import is_template_only
from whatsapp.outbox import repository
from whatsapp.outbox.schemas import BULK, OUTSIDE_WINDOW, Recipient, Waiting
from whatsapp.schemas import Content, TemplateUse
from whatsapp.templates import service as templates
from whatsapp.templates.service import Usable

log = structlog.get_logger(__name__)

# Two templates in a row are never sent closer than this without a word from the traveller.
_TEMPLATE_EVERY_S = 24 * 3600.0
_NO_MARKETING = "+1"  # Meta delivers no marketing templates to the United States and Canada
_NO_MARKETING_CODE = "no-marketing"


def form_of(connection: Connection, recipient: Recipient, waiting: Waiting) -> Content | None:
    """Return what to hand to the channel for *waiting*.

    None where it does not go out now: it has been held back, cancelled or set aside.

    Raises:
        InvalidInputError: its template is filled in wrongly.
    """
    announcement = is_template_only(waiting.content)
    if recipient.window_open:
        if announcement:  # the traveller was quicker: what it tells of goes out itself
            repository.close(connection, waiting.id, "cancelled", None)
            return None
        return waiting.content.model_copy(update={"template": None})
    template = _template_for(connection, recipient, waiting)
    if template is None:
        _set_aside(connection, recipient, waiting)
        return None
    if announcement:
        return Content(template=template.use)
    if template.announces:
        _announce(connection, recipient, waiting, template.use)
        return None
    return _in_place(connection, recipient, waiting, template)


def _set_aside(connection: Connection, recipient: Recipient, waiting: Waiting) -> None:
    """End a message that may not go out; what a template stood in for is no loss."""
    parts_of_one = waiting.priority >= BULK and waiting.content.template is None
    if parts_of_one and _had_template(connection, recipient, waiting):
        repository.close(connection, waiting.id, "cancelled", OUTSIDE_WINDOW)
        return
    log.warning("window_closed", outbound=waiting.id)
    repository.close(connection, waiting.id, "failed", OUTSIDE_WINDOW)


def _had_template(connection: Connection, recipient: Recipient, waiting: Waiting) -> bool:
    """Tell whether a template went out lately, without a word from the traveller since."""
    earlier = repository.templates_of_gap(connection, recipient.identity_id, waiting.id)
    return any(row["age_s"] < _TEMPLATE_EVERY_S for row in earlier)


def _template_for(connection: Connection, recipient: Recipient, waiting: Waiting) -> Usable | None:
    """Return the message's own template if it is approved; for a reply, else the general one."""
    own = waiting.content.template
    found = None if own is None else templates.usable(connection, account(), own)
    if found is None and waiting.priority < BULK and not is_template_only(waiting.content):
        general = TemplateUse(
            name=templates.ANSWER_READY,
            language=recipient.language,
            variables=[settings().business_name],
        )
        found = templates.usable(connection, account(), general)
    return found


def _announce(
    connection: Connection, recipient: Recipient, waiting: Waiting, use: TemplateUse
) -> None:
    """Hold a message back, and queue the word of it unless the traveller has had one."""
    earlier = repository.templates_of_gap(connection, recipient.identity_id, waiting.id)
    if not any(row["name"] == use.name or row["age_s"] < _TEMPLATE_EVERY_S for row in earlier):
        repository.add_notice(connection, recipient.identity_id, use, waiting.priority)
    repository.hold(connection, waiting.id)
    log.info("message_held", outbound=waiting.id)


def _in_place(
    connection: Connection, recipient: Recipient, waiting: Waiting, template: Usable
) -> Content | None:
    marketing = template.variant.category == "marketing"
    if marketing and recipient.address.startswith(_NO_MARKETING):
        repository.close(connection, waiting.id, "cancelled", _NO_MARKETING_CODE)
        return None
    if _had_template(connection, recipient, waiting):
        repository.hold(connection, waiting.id)
        return None
    return Content(template=template.use)
