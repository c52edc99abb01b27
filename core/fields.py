"""Fields that tours and places to stay have in common: texts, links and amounts of money."""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from core.money import known_currency
from core.text import tidy


def _sized(least: int, most: int) -> AfterValidator:
    """Check a length after tidying; pydantic's own check refuses halves of surrogate pairs."""

    def check(text: str) -> str:
        if not least <= len(text) <= most:
            raise ValueError(f"should have {least:,} to {most:,} characters, not {len(text):,}")
        return text

    return AfterValidator(check)


Text = Annotated[str, AfterValidator(tidy), _sized(0, 200_000)]
Name = Annotated[str, AfterValidator(tidy), _sized(1, 300)]
Currency = Annotated[str, AfterValidator(known_currency)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


def _web_address(link: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", link):
        raise ValueError("not an http or https address")
    return link


def _with_blanks_escaped(link: str) -> str:
    return link.strip().replace(" ", "%20")


Link = Annotated[
    str,
    AfterValidator(_with_blanks_escaped),
    AfterValidator(_web_address),
    StringConstraints(max_length=2_000),
]


class Money(BaseModel):
    """An amount, or bounds of one, for one person or for a group of so many people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Currency
    per: Literal["person", "group"] = "person"
    people: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _group_has_a_size(self) -> Self:
        if (self.per == "group") != (self.people is not None):
            raise ValueError("people, how many share the amount, goes with per: group")
        return self

    @property
    def share(self) -> float:
        """Part of the amount that one person pays."""
        return 1 / (self.people or 1)


class Price(Money):
    """What a tour costs one person, or a group."""

    amount: Amount

    @property
    def per_person(self) -> float:
        """What one person pays, in the price's own currency."""
        return self.amount * self.share
