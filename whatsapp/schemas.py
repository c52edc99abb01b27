"""What the channel handles: one message each way, and how far a message has got."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from conversation.schemas import Choice, Pin

CHANNEL = "whatsapp"


class TemplateUse(BaseModel):
    """A template of ours filled in: all that may begin a talk, or go on after 24 hours.

    Attributes:
        name: its file in `whatsapp/templates`.
        language: of the variant; one that is not there is English.
        variables: what is filled in, in the order of the template's own list of variables.
        provider_id: what the provider knows the approved variant by, as `TemplateState` has it;
            filled in when the message is about to go out.
        button_ids: what comes back when its quick replies are tapped; filled in likewise.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    language: str
    variables: list[str] = []
    provider_id: str = ""
    button_ids: list[str] = []


class Content(BaseModel):
    """What one outgoing message says, before an adapter gives it the provider's own form.

    Attributes:
        body: the text, with WhatsApp's marks.
        choices: what can be tapped below it.
        button: the words that open the list, where there are too many choices for buttons.
        image_url: a picture above the text; with up to three choices it makes a card.
        link: a page that a card may have a button for; it stands in `body` in any case.
        pin: a point on the map, in place of everything else.
        about: key of the tour that it is about, for answers to it.
        template: what goes out in place of the rest where the 24-hour window is closed. The
            outbox decides which: it hands a channel one or the other, never both.
    """

    model_config = ConfigDict(frozen=True)

    body: str = ""
    choices: Annotated[list[Choice], Field(max_length=10)] = []
    button: str = "Choose"
    image_url: str | None = None
    link: str | None = None
    pin: Pin | None = None
    about: int | None = None
    template: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that a traveller sent.

    Attributes:
        handle: by which the provider hands it out: an address or an id, never shown to anybody.
        content_type: as the provider tells it (``audio/ogg``), without parameters.
    """

    handle: str
    content_type: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message as the provider delivered it.

    Attributes:
        sid: the provider's id of the message.
        address: who sent it: a phone number (``+84…``) or a business-scoped id (``VN.…``).
        other_address: the same person's other address, where the provider tells it.
        profile_name: how they call themselves; empty when unknown.
        payload: every field that came.
        provider: whose form the payload has.
        wants_answer: whether anybody waits for one; nobody does when a reaction was taken back,
            a message deleted, or a number changed.
    """

    sid: str
    address: str
    other_address: str | None
    profile_name: str
    payload: Mapping[str, Any]
    provider: str = "twilio"
    wants_answer: bool = True


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A provider's word on one of our messages.

    Attributes:
        reference: our own id of the message, which we gave the provider to call back with.
        sid: the provider's id of the message.
        status: one of `STATUSES`.
        error_code: why it failed; empty when it did not.
    """

    reference: int
    sid: str
    status: str
    error_code: str


FAILED = frozenset({"failed", "undelivered"})
STATUSES = FAILED | {"accepted", "queued", "sending", "sent", "delivered", "read"}
