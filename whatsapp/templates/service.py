"""Templates: what may go out, what has been handed in, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from core.database import Connection
from core.errors import InvalidInputError, NotFoundError
from whatsapp.schemas import TemplateUse
from whatsapp.templates import repository
from whatsapp.templates.catalogue import FALLBACK, variants
from whatsapp.templates.schemas import Approval, TemplateState, TemplateVariant

log = structlog.get_logger(__name__)

ANSWER_READY = "answer_ready"
CONTINUE = "continue"
"""Id of the button below a template that tells of messages held back."""

_LOST = frozenset({Approval.REJECTED, Approval.PAUSED})


@dataclass(frozen=True, slots=True)
class Usable:
    """A template that may go out now.

    Attributes:
        use: how it is filled in.
        variant: the template, in the language that it goes out in.
    """

    use: TemplateUse
    variant: TemplateVariant

    @property
    def announces(self) -> bool:
        """Whether it only tells of messages, which follow when the traveller taps."""
        return CONTINUE in self.use.button_ids


@dataclass(frozen=True, slots=True)
class Standing:
    """How one language of a template stands with the provider.

    Attributes:
        changed: whether the file's wording is not the one that was handed in.
        checked_at: when the provider was last heard of it; None if never.
    """

    variant: TemplateVariant
    approval: Approval
    reason: str
    changed: bool
    checked_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether it can be sent."""
        return self.approval is Approval.APPROVED and not self.changed

    @property
    def is_lost(self) -> bool:
        """Whether it was taken away, by the provider or by us."""
        return self.approval in _LOST


def usable(connection: Connection, account: str, wanted: TemplateUse) -> Usable | None:
    """Return *wanted* ready to go out, in its language or in English; None if neither may.

    Raises:
        InvalidInputError: it is filled in wrongly.
    """
    for language in dict.fromkeys((wanted.language, FALLBACK)):
        variant = variants().get((wanted.name, language))
        if variant is None:
            continue
        provider_id = repository.usable(
            connection, account, variant.name, language, variant.fingerprint
        )
        if provider_id is not None:
            return Usable(_filled(variant, wanted, provider_id), variant)
    return None


def standings(connection: Connection, account: str) -> list[Standing]:
    """Return how each of our templates stands, by name and language."""
    known = {(row["name"], row["language"]): row for row in repository.states(connection, account)}
    found = []
    for key, variant in sorted(variants().items()):
        row = known.get(key)
        if row is None:
            found.append(Standing(variant, Approval.MISSING, "", changed=False, checked_at=None))
            continue
        paused = row["paused_by_us"]
        found.append(
            Standing(
                variant,
                Approval.PAUSED if paused else Approval(row["approval"]),
                row["reason"],
                changed=row["fingerprint"] != variant.fingerprint,
                checked_at=row["updated_at"],
            )
        )
    return found


def to_submit(connection: Connection, account: str, names: Iterable[str]) -> list[TemplateVariant]:
    """Return what is to be handed in: the *names*, or whatever is missing or has changed.

    Raises:
        NotFoundError: there is no template of such a name.
    """
    wanted = set(names)
    if unknown := wanted - {name for name, _ in variants()}:
        raise NotFoundError(f"there is no template {min(unknown)}")
    return [
        each.variant
        for each in standings(connection, account)
        if each.variant.name in wanted
        or (not wanted and (each.changed or each.approval is Approval.MISSING))
    ]


def note_submitted(connection: Connection, account: str, state: TemplateState) -> None:
    """Keep what the provider said when a template was handed in."""
    repository.keep(connection, account, state, submitted=True)
    log.debug("template_submitted", template=state.name, language=state.language)


def note_states(connection: Connection, account: str, told: list[TemplateState]) -> None:
    """Keep what the provider says of all its templates; what it does not have is missing."""
    by_variant = {(each.name, each.language, each.fingerprint): each for each in told}
    earlier = {(each.name, each.language): each for each in told}
    for key, variant in variants().items():
        state = by_variant.get((*key, variant.fingerprint)) or earlier.get(key)
        state = state or TemplateState(
            name=key[0], language=key[1], approval=Approval.MISSING,
            fingerprint=variant.fingerprint,
        )  # fmt: skip
        before = repository.keep(connection, account, state, submitted=False)
        if state.approval in _LOST and before != state.approval:
            log.error(
                "template_lost", template=state.name, language=state.language,
                approval=state.approval.value, reason=state.reason,
            )  # fmt: skip


def pause(connection: Connection, account: str, use: TemplateUse, code: str) -> None:
    """Use a template no more whose form was refused when it was sent."""
    reason = f"refused with code {code} when it was sent"
    if repository.pause(connection, account, use.name, use.language, reason):
        log.error("template_paused", template=use.name, language=use.language, code=code)


def _filled(variant: TemplateVariant, wanted: TemplateUse, provider_id: str) -> TemplateUse:
    values = [" ".join(value.split()) for value in wanted.variables]
    if len(values) != len(variant.variables) or not all(values):
        raise InvalidInputError(
            f"template {variant.name} is to be filled in with {', '.join(variant.variables)}"
        )
    return TemplateUse(
        name=variant.name,
        language=variant.language,
        variables=values,
        provider_id=provider_id,
        button_ids=[button.id for button in variant.buttons],
    )
