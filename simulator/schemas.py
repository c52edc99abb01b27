"""The shapes that cross the wire: Content resources and the control API's requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MAX_ACTIONS = 10
MAX_ROWS = 10


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Button(BaseModel):
    """A button under a message: a reply, a link or a number to call."""

    kind: Literal["reply", "url", "phone"]
    title: str
    id: str | None = None
    url: str | None = None


class ListRow(BaseModel):
    """One choice of a list."""

    id: str
    title: str
    description: str = ""


class ListPicker(BaseModel):
    """A list that opens from a button."""

    button: str
    rows: list[ListRow]


class Media(BaseModel):
    """A file that travels with a message."""

    url: str = Field(max_length=2048, pattern=r"^https?://\S+$")
    content_type: str = Field(default="application/octet-stream", max_length=100)


class Location(BaseModel):
    """A place on the map; latitude and longitude in degrees."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    label: str = Field(default="", max_length=1000)
    address: str = Field(default="", max_length=1000)


class Action(BaseModel):
    """A button of a Content resource."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[Literal["QUICK_REPLY", "URL", "PHONE_NUMBER"], BeforeValidator(_upper)] = (
        "QUICK_REPLY"
    )
    title: str = Field(min_length=1, max_length=200)
    id: str | None = Field(default=None, max_length=256)
    url: str | None = Field(default=None, max_length=2048)
    phone: str | None = Field(default=None, max_length=20)


class ListItem(BaseModel):
    """A row of a list picker of a Content resource."""

    id: str = Field(min_length=1, max_length=256)
    item: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=400)


class TextContent(BaseModel):
    """``twilio/text``."""

    body: str = Field(min_length=1)


class MediaContent(BaseModel):
    """``twilio/media``."""

    body: str | None = None
    media: list[str] = Field(min_length=1, max_length=1)


class QuickReplyContent(BaseModel):
    """``twilio/quick-reply``."""

    body: str = Field(min_length=1)
    actions: list[Action] = Field(min_length=1, max_length=MAX_ACTIONS)


class ListPickerContent(BaseModel):
    """``twilio/list-picker``."""

    body: str = Field(min_length=1)
    button: str = Field(min_length=1)
    items: list[ListItem] = Field(min_length=1, max_length=MAX_ROWS)


class CallToActionContent(BaseModel):
    """``twilio/call-to-action``."""

    body: str = Field(min_length=1)
    actions: list[Action] = Field(min_length=1, max_length=2)


class CardContent(BaseModel):
    """``twilio/card``; ``body`` is the newer name of the text that stood in ``title``."""

    title: str | None = None
    body: str | None = None
    subtitle: str | None = None
    media: list[str] | None = Field(default=None, max_length=1)
    actions: list[Action] | None = Field(default=None, max_length=MAX_ACTIONS)

    @model_validator(mode="after")
    def _says_something(self) -> CardContent:
        if not (self.title or self.body):
            raise ValueError("a card needs a title or a body")
        return self


class ContentTypes(BaseModel):
    """The variants of one Content resource, at least one."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    text: TextContent | None = Field(default=None, alias="twilio/text")
    media: MediaContent | None = Field(default=None, alias="twilio/media")
    quick_reply: QuickReplyContent | None = Field(default=None, alias="twilio/quick-reply")
    list_picker: ListPickerContent | None = Field(default=None, alias="twilio/list-picker")
    call_to_action: CallToActionContent | None = Field(default=None, alias="twilio/call-to-action")
    card: CardContent | None = Field(default=None, alias="twilio/card")

    @model_validator(mode="after")
    def _holds_one(self) -> ContentTypes:
        if not self.model_fields_set or not any(dict(self).values()):
            raise ValueError("types needs at least one of the supported twilio/… content types")
        return self


class ContentRequest(BaseModel):
    """What ``POST /v1/Content`` brings."""

    model_config = ConfigDict(extra="ignore")

    friendly_name: str = Field(default="", max_length=450)
    language: str = Field(default="en", min_length=2, max_length=10)
    variables: dict[str, str] = Field(default_factory=dict)
    types: ContentTypes


class Approval(BaseModel):
    """WhatsApp's verdict on a content that wants to open conversations."""

    name: str
    category: str
    status: Literal["approved", "rejected"]
    rejection_reason: str = ""


class ApprovalRequest(BaseModel):
    """What ``POST /v1/Content/{sid}/ApprovalRequests/whatsapp`` brings."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(pattern=r"^[a-z0-9_]{1,512}$")
    category: Annotated[Literal["UTILITY", "MARKETING", "AUTHENTICATION"], BeforeValidator(_upper)]


class Content(BaseModel):
    """A stored Content resource."""

    sid: str
    request: ContentRequest
    created_at: datetime
    approval: Approval | None = None


class PersonSends(BaseModel):
    """What the person at a phone does: exactly one of text, button, list row, location, media.

    ``reply_to`` names the message that was swiped or tapped on; without it the newest message
    that offers the button or the row is meant.
    """

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, min_length=1, max_length=4096)
    button_payload: str | None = Field(default=None, min_length=1, max_length=256)
    button_text: str | None = Field(default=None, min_length=1, max_length=200)
    list_id: str | None = Field(default=None, min_length=1, max_length=256)
    location: Location | None = None
    media: list[Media] = Field(default_factory=list, max_length=10)
    reply_to: str | None = Field(default=None, pattern=r"^(SM|MM)[0-9a-f]{32}$")

    @model_validator(mode="after")
    def _does_one_thing(self) -> PersonSends:
        pressed = self.button_payload or self.button_text
        done = [bool(part) for part in (pressed, self.list_id, self.location)]
        written = bool(self.text or self.media)
        if sum(done) + written != 1:
            raise ValueError(
                "send exactly one of text (with or without media), button, list_id, location"
            )
        return self


class PhoneChange(BaseModel):
    """What may be changed about a phone; fields left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    profile_name: str | None = Field(default=None, max_length=200)
    auto_read: bool | None = None
    blocked: bool | None = None
    external_user_id: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.[0-9A-Za-z]{4,128}$")


class ClockChange(BaseModel):
    """How far to move the clock: seconds, at most ten years in one step."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: float = Field(ge=0, le=315_360_000, allow_inf_nan=False)


class FailNext(BaseModel):
    """Refuse the next sends with this error."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0, le=10_000)
    http_status: int = Field(default=500, ge=400, le=599)
    code: int = Field(default=20500, ge=1, le=999_999)
    retry_after: float | None = Field(default=None, ge=0, le=3600)


class TimeoutAfterAccepting(BaseModel):
    """Accept the next sends, but answer them only after ``hold_seconds``."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0, le=10_000)
    hold_seconds: float = Field(default=30, ge=0, le=120)


class DuplicateWebhooks(BaseModel):
    """Post each of the next webhooks several times at once."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0, le=10_000)
    copies: int = Field(default=2, ge=1, le=50)


class SwapStatuses(BaseModel):
    """Report sent after delivered for the next messages."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0, le=10_000)


class FaultRequest(BaseModel):
    """The fault switches, named as the methods of ``Faults``; those left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    fail_next: FailNext | None = None
    timeout_after_accepting: TimeoutAfterAccepting | None = None
    duplicate_webhooks: DuplicateWebhooks | None = None
    swap_statuses: SwapStatuses | None = None
