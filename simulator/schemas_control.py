"""The requests of the simulator's own control API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.schemas import Location

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Name = Annotated[str, Field(max_length=200)]
UserId = Annotated[str, Field(pattern=r"^[A-Z]{2}\.[0-9A-Za-z]{4,128}$")]
UserName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._]{2,34}$")]
Number = Annotated[str, Field(max_length=40)]
UPLOAD = r"^ME[0-9a-f]{32}$"


class SentMedia(BaseModel):
    """A file that the person sends: an upload, or an address."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(default=None, max_length=2048, pattern=r"^https?://\S+$")
    content_type: str = Field(default="application/octet-stream", max_length=100)
    upload: str | None = Field(default=None, pattern=UPLOAD)

    @model_validator(mode="after")
    def _lies_somewhere(self) -> SentMedia:
        if (self.url is None) == (self.upload is None):
            raise ValueError("a file has either a url or an upload")
        return self


class Contact(BaseModel):
    """Somebody's card, passed on."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    phones: list[Number] = Field(default_factory=list, max_length=10)


class Referral(BaseModel):
    """The advertisement that a person wrote from."""

    model_config = ConfigDict(extra="forbid")

    source_url: str = Field(max_length=2048, pattern=r"^https?://\S+$")
    source_id: str = Field(default="", max_length=200)
    source_type: Literal["ad", "post"] = "ad"
    headline: str = Field(default="", max_length=500)
    body: str = Field(default="", max_length=2000)


class PersonSends(BaseModel):
    """What the person at a phone does, exactly one thing.

    ``reply_to`` names the message that was swiped, tapped or reacted on; without it the newest
    message that offers the button or the row is meant. An empty reaction takes one back.
    """

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, min_length=1, max_length=4096)
    button_payload: str | None = Field(default=None, min_length=1, max_length=256)
    button_text: str | None = Field(default=None, min_length=1, max_length=200)
    list_id: str | None = Field(default=None, min_length=1, max_length=256)
    location: Location | None = None
    media: list[SentMedia] = Field(default_factory=list, max_length=30)
    voice: bool = False
    contact: Contact | None = None
    reaction: str | None = Field(default=None, max_length=16)
    reply_to: str | None = Field(default=None, pattern=r"^(SM|MM)[0-9a-f]{32}$")
    referral: Referral | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> PersonSends:
        pressed = self.button_payload or self.button_text
        others = (pressed, self.list_id, self.location, self.contact)
        done = sum(bool(part) for part in others) + (self.reaction is not None)
        written = bool(self.text or self.media)
        if done + written != 1:
            raise ValueError(
                "send exactly one of text (with or without media), button, list_id, location, "
                "contact, reaction"
            )
        if self.reaction is not None and self.reply_to is None:
            raise ValueError("a reaction needs reply_to, the message that it is put on")
        return self


class NewPhone(BaseModel):
    """A phone to make; without a number it is that of somebody who hides theirs."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    number: Number | None = None
    username: UserName | None = None
    colour: Colour | None = None
    country: str = Field(default="VN", pattern=r"^[A-Z]{2}$")


class PhoneChange(BaseModel):
    """What may be changed about a phone; fields left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    profile_name: Name | None = None
    auto_read: bool | None = None
    blocked: bool | None = None
    offline: bool | None = None
    unreachable: Literal[63003, 63024] | None = None
    opted_out: bool | None = None
    external_user_id: UserId | None = None
    username: UserName | None = None
    colour: Colour | None = None
    number: Number | None = None


class ClockChange(BaseModel):
    """How far to move the clock, at most ten years in one step."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: float = Field(default=0, ge=0, le=315_360_000, allow_inf_nan=False)
    advance_hours: float = Field(default=0, ge=0, le=87_600, allow_inf_nan=False)

    @model_validator(mode="after")
    def _says_how_far(self) -> ClockChange:
        if not self.model_fields_set:
            raise ValueError("say how far: advance_seconds or advance_hours")
        return self

    @property
    def seconds(self) -> float:
        """The whole step in seconds."""
        return self.advance_seconds + self.advance_hours * 3600


class TemplateDecision(BaseModel):
    """WhatsApp's word on a template, given by hand."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["pending", "approved", "rejected", "paused", "disabled"]
    reason: str = Field(default="", max_length=500)


class BurstRequest(BaseModel):
    """Many phones that write to the bot at once; ``{n}`` in the text is the message's number."""

    model_config = ConfigDict(extra="forbid")

    phones: int = Field(ge=1, le=2000)
    messages: int = Field(default=1, ge=1, le=1000)
    per_second: float = Field(default=50, gt=0, le=2000, allow_inf_nan=False)
    text: str = Field(default="Hello {n}", min_length=1, max_length=1000)
