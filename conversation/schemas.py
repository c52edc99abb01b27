"""Neutral messages: what a channel brings in and carries out, whatever channel it is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MAX_BODY = 1_600
MAX_BODY_WITH_CHOICES = 1_024
MAX_LABEL = 20
MAX_DESCRIPTION = 72


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Incoming(_Message):
    """What a traveller sent.

    Attributes:
        text: the words; empty for a location, a picture or a voice note.
        choice: id of the choice that was tapped.
        replied_to: the channel's id of the message that this one answers.
        latitude: degrees north, of a location sent.
        longitude: degrees east, of a location sent.
        place_label: what the traveller's phone calls that location.
        media: content types of the files sent along (``audio/ogg``).
        spoken: whether `text` is what was heard in a voice note; without text, nothing was.
        about: key of the tour that the message is an answer to, by a swipe on its card.
        profile_name: how the traveller calls themselves on the channel.
    """

    text: str = ""
    choice: str | None = None
    replied_to: str | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    place_label: str | None = None
    media: list[str] = []
    spoken: bool = False
    about: int | None = None
    profile_name: str | None = None


class Choice(_Message):
    """Something to tap; every channel accepts its label typed as well.

    Attributes:
        id: what comes back when it is tapped.
        label: the words on it, fit for a button and for a row of a list.
        description: a second line, shown where there is room.
    """

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=MAX_DESCRIPTION)] | (
        None
    ) = None


class Pin(_Message):
    """A point on the map.

    Attributes:
        latitude: degrees north.
        longitude: degrees east.
        name: what is there.
        address: the lines below the name.
    """

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    address: Annotated[str, StringConstraints(max_length=200)] = ""


class Outgoing(_Message):
    """One message to a traveller.

    Attributes:
        body: text with WhatsApp's marks: ``*bold*`` and ``_italic_``.
        choices: what can be tapped: up to three make buttons, more make a list.
        choices_title: the words on the button that opens a list.
        image_url: a picture shown above the text.
        link: the page that the message is about, for channels that can show a button to it.
        about: key of the tour that the message is about; it comes back with an answer to it.
        pin: a point on the map that goes after the text.
    """

    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY)]
    choices: Annotated[list[Choice], Field(max_length=10)] = []
    choices_title: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "Choose"
    image_url: str | None = None
    link: str | None = None
    about: int | None = None
    pin: Pin | None = None

    @model_validator(mode="after")
    def _fits_with_choices(self) -> "Outgoing":
        if self.choices and len(self.body) > MAX_BODY_WITH_CHOICES:
            raise ValueError(f"a body with choices holds {MAX_BODY_WITH_CHOICES} characters")
        ids = [choice.id for choice in self.choices]
        if len(set(ids)) < len(ids):
            raise ValueError("two choices have the same id")
        return self
