"""What the channel handles: one message each way, and how far a message has got."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from conversation.schemas import Choice

CHANNEL = "whatsapp"


class Content(BaseModel):
    """What one outgoing message says, before an adapter gives it the provider's own form.

    Attributes:
        body: the text, with WhatsApp's marks.
        choices: what can be tapped below it.
        button: the words that open the list, where there are too many choices for buttons.
        image_url: a picture above the text.
    """

    model_config = ConfigDict(frozen=True)

    body: str = ""
    choices: Annotated[list[Choice], Field(max_length=10)] = []
    button: str = "Choose"
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message as the provider delivered it.

    Attributes:
        sid: the provider's id of the message.
        address: who sent it: a phone number (``+84…``) or a business-scoped id (``VN.…``).
        other_address: the same person's other address, where the provider tells it.
        profile_name: how they call themselves; empty when unknown.
        payload: every field that came.
    """

    sid: str
    address: str
    other_address: str | None
    profile_name: str
    payload: Mapping[str, str]


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


STATUSES = frozenset(
    {"accepted", "queued", "sending", "sent", "delivered", "read", "failed", "undelivered"}
)
