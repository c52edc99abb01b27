"""Reading what Meta's webhooks say.

One POST holds up to a thousand updates, each in the wrapping of its account and its number. An
update that cannot be read is named in the log and costs the others nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import InvalidInputError
from whatsapp.addresses import is_address
from whatsapp.meta.reading import name_of, wants_answer
from whatsapp.meta.untrusted import Json, an_object, objects
from whatsapp.schemas import STATUSES, InboundMessage, StatusChange

LONGEST_SID = 256
_LONGEST_REFERENCE = 18
_OTHER_STATUSES = {"played": "read"}  # a voice note that was listened to has been read


@dataclass(slots=True)
class Updates:
    """What one POST brought.

    Attributes:
        messages: what travellers sent to our number, in order.
        statuses: what became of messages of ours.
        others: what is none of these, and why: ids and kinds, nothing that anybody wrote.
    """

    messages: list[InboundMessage] = field(default_factory=list)
    statuses: list[StatusChange] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def updates(body: Json, number_id: str | None) -> Updates:
    """Take a POST apart.

    Args:
        body: the parsed JSON.
        number_id: our own number's id; what concerns other numbers of the account goes to
            `Updates.others`. None takes everything.
    """
    found = Updates()
    for change in _changes(body):
        value = an_object(change.get("value"))
        kind = str(change.get("field"))[:LONGEST_SID]
        if kind != "messages":
            found.others.append(f"{kind}: not handled")
        elif number_id not in {None, _number_id(value)}:
            found.others += [f"{sid}: for another number" for sid in _sids(value)]
        else:
            _take_messages(value, found)
            _take_statuses(value, found)
    return found


def inbound_message(message: Json, value: Json) -> InboundMessage:
    """Read one message out of its wrapping.

    Raises:
        InvalidInputError: it lacks an id or a sender, or has ones that Meta never gives.
    """
    sid = message.get("id")
    if not isinstance(sid, str) or not 0 < len(sid) <= LONGEST_SID or not sid.isprintable():
        raise InvalidInputError("a message without an id")
    contact = _contact_of(message, value)
    phone = _phone(message.get("from")) or _phone(contact.get("wa_id"))
    scoped = _scoped(message.get("from_user_id")) or _scoped(contact.get("user_id"))
    changed = _phone(an_object(message.get("system")).get("wa_id"))
    address, other = (phone, changed or scoped) if phone else (scoped, changed)
    if address is None:
        raise InvalidInputError(f"{sid}: no sender that WhatsApp gives")
    payload = {"message": message, "contact": contact, "metadata": an_object(value.get("metadata"))}
    return InboundMessage(
        sid,
        address,
        other if other != address else None,
        name_of(contact),
        payload,
        provider="meta",
        wants_answer=wants_answer(message),
    )


def kept_message(payload: Json) -> InboundMessage:
    """Read a message as the inbox keeps it."""
    value = {"contacts": [an_object(payload.get("contact"))]}
    return inbound_message(an_object(payload.get("message")), value)


def status_change(status: Json) -> StatusChange | None:
    """Read what became of a message; None when it is none that we sent, or is none we know."""
    sid, said = status.get("id"), str(status.get("status") or "").lower()
    said = _OTHER_STATUSES.get(said, said)
    reference = status.get("biz_opaque_callback_data")
    ours = isinstance(reference, str) and reference.isascii() and reference.isdigit()
    if not ours or len(str(reference)) > _LONGEST_REFERENCE or said not in STATUSES:
        return None
    if not isinstance(sid, str) or not 0 < len(sid) <= LONGEST_SID or not sid.isprintable():
        return None
    return StatusChange(int(str(reference)), sid, said, _error_code(status))


def _changes(body: Json) -> Iterator[Json]:
    for entry in objects(body.get("entry")):
        yield from objects(entry.get("changes"))


def _take_messages(value: Json, found: Updates) -> None:
    for message in objects(value.get("messages")):
        try:
            found.messages.append(inbound_message(message, value))
        except InvalidInputError as error:
            found.others.append(error.message)


def _take_statuses(value: Json, found: Updates) -> None:
    for status in objects(value.get("statuses")):
        change = status_change(status)
        if change is not None:
            found.statuses.append(change)
        else:
            sid, said = str(status.get("id"))[:LONGEST_SID], str(status.get("status"))[:20]
            found.others.append(f"{sid}: {said}, not of ours")


def _sids(value: Json) -> list[str]:
    both = [*objects(value.get("messages")), *objects(value.get("statuses"))]
    return [str(each.get("id"))[:LONGEST_SID] for each in both]


def _contact_of(message: Json, value: Json) -> Json:
    """Return the contact that sent *message*: the one with its number or id, or the only one."""
    contacts = objects(value.get("contacts"))
    sender, scoped = message.get("from"), message.get("from_user_id")
    for contact in contacts:
        if (sender and contact.get("wa_id") == sender) or (
            scoped and contact.get("user_id") == scoped
        ):
            return contact
    return contacts[0] if len(contacts) == 1 and not sender and not scoped else {}


def _error_code(status: Json) -> str:
    code = next(iter(objects(status.get("errors"))), {}).get("code")
    return str(code) if isinstance(code, int) and code > 0 else ""


def _phone(value: object) -> str | None:
    phone = f"+{value.strip().removeprefix('+')}" if isinstance(value, str) else ""
    return phone if is_address(phone) else None


def _scoped(value: object) -> str | None:
    return value if isinstance(value, str) and "." in value and is_address(value) else None


def _number_id(value: Json) -> str:
    return str(an_object(value.get("metadata")).get("phone_number_id"))
