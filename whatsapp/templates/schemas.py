"""Templates as our files hold them, and what a provider says of each."""

import hashlib
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Category = Literal["utility", "marketing"]
_SLOT = re.compile(r"\{(\w+)\}")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


class TemplateButton(BaseModel):
    """A quick reply below a template; its id comes back when it is tapped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Annotated[str, StringConstraints(min_length=1, max_length=25)]


class TemplateVariant(BaseModel):
    """One language of a template.

    Attributes:
        name: of the template, the same in every language.
        language: ISO 639 code.
        category: what WhatsApp bills it as.
        body: the text, with ``{name}`` where a variable goes.
        variables: the variables' names in the order in which they are numbered.
        samples: an example of each variable, which WhatsApp asks for.
        buttons: quick replies below it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    category: Category
    body: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    variables: list[str] = []
    samples: list[str] = []
    buttons: Annotated[list[TemplateButton], Field(max_length=3)] = []

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that change with whatever WhatsApp approves."""
        said = self.model_dump_json(exclude={"samples"})
        return hashlib.sha256(said.encode()).hexdigest()[:8]

    @property
    def numbered_body(self) -> str:
        """The body with ``{{1}}``, ``{{2}}``… for its variables, as providers write them."""
        numbers = {name: number for number, name in enumerate(self.variables, start=1)}
        return _SLOT.sub(lambda found: "{{" + str(numbers[found[1]]) + "}}", self.body)

    def filled(self, values: list[str]) -> str:
        """Return the text with *values* in place of its variables, as the traveller reads it."""
        given = dict(zip(self.variables, values, strict=True))
        return _SLOT.sub(lambda found: given[found[1]], self.body)

    @property
    def provider_name(self) -> str:
        """Its name with a provider; a new wording is a new template, beside the approved one."""
        return f"{self.name}_{self.fingerprint}"


class Approval(StrEnum):
    """How far a template variant has got with WhatsApp."""

    MISSING = "missing"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"


class TemplateState(BaseModel):
    """What the provider says of one language of a template.

    Attributes:
        name: of the template.
        language: of the variant.
        approval: how far it has got.
        provider_id: what a message names the variant by (`TemplateUse.provider_id`): Twilio's
            content sid, Meta's name of it. Empty where it has none.
        fingerprint: of the wording that was submitted, so that a change is noticed.
        reason: why it was rejected or paused; empty where the provider does not say.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    language: str
    approval: Approval
    provider_id: str = ""
    fingerprint: str = ""
    reason: str = ""
