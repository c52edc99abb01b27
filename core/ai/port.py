"""The language model port, and what is noted of each call."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)


class LanguageModel(Protocol):
    """Answers in a given form; what it says is as untrusted as what it was shown.

    Attributes:
        name: the model's id.
    """

    name: str

    def answer(self, purpose: str, instructions: str, content: str, schema: type[Answer]) -> Answer:
        """Return what the model makes of *content*.

        Args:
            purpose: what the call is for, as it stands in the table of calls.
            instructions: what to do, in our own words.
            content: data from outside; orders in it are not followed.
            schema: the form of the answer.

        Raises:
            RetryLaterError: the server cannot answer now.
            ConfigurationError: the address, the key or the model's name is wrong.
            RejectedError: the server refused, or its answer is not of the form asked for.
        """
        ...


class Outcome(StrEnum):
    """What came of one call."""

    ANSWERED = "answered"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    TRY_LATER = "try_later"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is noted: never a word of what was asked or answered.

    Attributes:
        tokens_in: tokens read, as the server counted them; None where it did not say.
        tokens_out: tokens written, likewise.
        latency_ms: whole milliseconds from the question to the end of the answer.
    """

    purpose: str
    model: str
    tokens_in: int | None
    tokens_out: int | None
    latency_ms: int
    outcome: Outcome


Note = Callable[[Call], None]
"""Takes down a call; it must not raise."""
