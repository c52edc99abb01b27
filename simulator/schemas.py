"""The shapes that cross the wire: parts of messages, and Content resources."""

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
    filename: str | None = Field(default=None, max_length=200)
    size: int | None = Field(default=None, ge=0)
    voice: bool = False
    upload: str | None = None


class Card(BaseModel):
    """One card of a carousel."""

    body: str
    media: list[Media] = Field(default_factory=list)
    buttons: list[Button] = Field(default_factory=list)


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


class LocationContent(BaseModel):
    """``twilio/location``; numbers may be variables, and so are kept as text."""

    latitude: float | str
    longitude: float | str
    label: str | None = None
    address: str | None = None
    id: str | None = None


class CarouselCard(BaseModel):
    """A card of ``twilio/carousel``."""

    title: str | None = None
    body: str | None = None
    media: str
    actions: list[Action] = Field(min_length=1, max_length=2)


class CarouselContent(BaseModel):
    """``twilio/carousel``."""

    body: str = Field(min_length=1)
    cards: list[CarouselCard] = Field(min_length=1, max_length=10)


class ContentTypes(BaseModel):
    """The variants of one Content resource, at least one."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    text: TextContent | None = Field(default=None, alias="twilio/text")
    media: MediaContent | None = Field(default=None, alias="twilio/media")
    quick_reply: QuickReplyContent | None = Field(default=None, alias="twilio/quick-reply")
    list_picker: ListPickerContent | None = Field(default=None, alias="twilio/list-picker")
    call_to_action: CallToActionContent | None = Field(default=None, alias="twilio/call-to-action")
    card: CardContent | None = Field(default=None, alias="twilio/card")
    location: LocationContent | None = Field(default=None, alias="twilio/location")
    carousel: CarouselContent | None = Field(default=None, alias="twilio/carousel")

    @model_validator(mode="after")
    def _holds_one(self) -> ContentTypes:
        if not self.model_fields_set or not any(dict(self).values()):
            raise ValueError("types needs at least one of the supported twilio/… content types")
        return self

    def kind(self) -> str:
        """The first of the variants by its name, such as ``twilio/text``."""
        return next(iter(self.model_dump(by_alias=True, exclude_none=True)))


class ContentRequest(BaseModel):
    """What ``POST /v1/Content`` brings."""

    model_config = ConfigDict(extra="ignore")

    friendly_name: str = Field(default="", max_length=450)
    language: str = Field(default="en", min_length=2, max_length=10)
    variables: dict[str, str] = Field(default_factory=dict)
    types: ContentTypes


ApprovalStatus = Literal["received", "pending", "approved", "rejected", "paused", "disabled"]


class Approval(BaseModel):
    """Where a content stands that wants to open conversations."""

    name: str
    category: str
    status: ApprovalStatus
    rejection_reason: str = ""
    submitted_at: datetime = Field(exclude=True)


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
