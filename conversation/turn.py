"""One turn of the talk: what came, what is known, and what has been learned on the way."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from conversation.machine import Event
from conversation.schemas import MAX_BODY, MAX_BODY_WITH_CHOICES, Choice, Outgoing
from conversation.state import State
from conversation.understanding import Language, Understanding
from core.database import Connection
from core.wording import wording
from recommender.schemas import Interests
from recommender.service import load_interests

WORDING = wording(Path(__file__).parent / "wording")
"""What travellers read, in both languages."""


@dataclass
class Turn:
    """What a handler works with; it answers by returning messages and replacing `state`.

    Attributes:
        connection: the transaction in which this turn runs.
        user_id: the traveller.
        state: where the talk stands.
        understanding: what the message, or one request of several in it, means.
        text: its words.
        package_id: the tour that a tapped choice names, or whose card was answered.
        argument: what else a tapped choice says.
        page_size: how many tours a list may have.
        listed: keys of the tours that this turn has shown already, in the order of their numbers.
        closing: what is said last, once, whatever else is answered.
        moved: whether the request has moved the talk.
    """

    connection: Connection
    user_id: int
    state: State
    understanding: Understanding
    text: str = ""
    package_id: int | None = None
    argument: str = ""
    page_size: int = 3
    listed: list[int] = field(default_factory=list)
    closing: Outgoing | None = None
    moved: bool = False

    @property
    def language(self) -> Language:
        """The language to answer in."""
        return self.state.language or self.understanding.language

    @cached_property
    def stored(self) -> Interests:
        """What the traveller has told before this message."""
        return load_interests(self.connection, self.user_id)

    def happened(self, event: Event) -> None:
        """Move the talk by what has happened."""
        self.state = self.state.after(event)
        self.moved = True

    def forget_stored(self) -> None:
        """Read the interests anew when they are next asked for: they have been changed."""
        self.__dict__.pop("stored", None)

    def say(self, key: str, **values: object) -> str:
        """Return message *key* in the traveller's language."""
        return WORDING.say(key, self.language, **values)

    def choice(self, choice_id: str, key: str, **values: object) -> Choice:
        """Return something to tap whose label is message *key*."""
        return Choice(id=choice_id, label=self.say(key, **values))

    def message(
        self,
        body: str,
        choices: list[Choice] | None = None,
        *,
        image_url: str | None = None,
        link: str | None = None,
        about: int | None = None,
    ) -> Outgoing:
        """Return a message; a body that is too long for the channel ends with an ellipsis."""
        limit = MAX_BODY_WITH_CHOICES if choices else MAX_BODY
        return Outgoing(
            body=body if len(body) <= limit else body[: limit - 1].rstrip() + "…",
            choices=choices or [],
            choices_title=self._title_of(choices or []),
            image_url=image_url,
            link=link,
            about=about,
        )

    def _title_of(self, choices: list[Choice]) -> str:
        are_tours = any(choice.id.startswith("details:") for choice in choices)
        return self.say("choices.title" if are_tours else "choices.other")
