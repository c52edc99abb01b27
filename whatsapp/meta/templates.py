"""Our templates with Meta: handed in through the business account, and what became of each."""

import re
from collections.abc import Iterator
from typing import Any

from core.errors import ConfigurationError, OutcomeUnknownError, RetryLaterError
from whatsapp.meta.client import Graph
from whatsapp.meta.untrusted import Json, an_object, objects
from whatsapp.templates.schemas import Approval, TemplateState, TemplateVariant

_FIELDS = "name,language,status,rejected_reason"
_MOST_PAGES = 100
_PAGE = "100"
_FINGERPRINT = re.compile(r"[0-9a-f]{8}")

_APPROVALS = {
    "APPROVED": Approval.APPROVED,
    "REJECTED": Approval.REJECTED,
    "PAUSED": Approval.PAUSED,
    "DISABLED": Approval.PAUSED,
    "LIMIT_EXCEEDED": Approval.PAUSED,
    "DELETED": Approval.MISSING,
    "PENDING_DELETION": Approval.MISSING,
}


class TemplateDesk:
    """Hands templates in.

    Args:
        graph: the Graph.
        account_id: the business account that the templates belong to; None if none is configured.
    """

    def __init__(self, graph: Graph, account_id: str | None) -> None:
        self._graph = graph
        self._account_id = account_id

    def submit(self, template: TemplateVariant) -> TemplateState:
        """Hand in unless it has been; see `whatsapp.port.Channel.submit_template`."""
        for listed in self._listed(name=template.provider_name):
            if (listed.get("name"), listed.get("language")) == (
                template.provider_name, template.language,
            ):  # fmt: skip
                return _state(listed)
        try:
            made = self._graph.post(self._path(), _request(template))
        except OutcomeUnknownError as error:  # the next try looks first
            raise RetryLaterError(error.message) from error
        told = {"name": template.provider_name, "language": template.language}
        return _state({**told, "status": made.get("status")})

    def states(self) -> list[TemplateState]:
        """List what there is; see `whatsapp.port.Channel.template_states`."""
        return [_state(each) for each in self._listed() if _is_ours(each)]

    def _listed(self, **filters: str) -> Iterator[Json]:
        """Page by page; only the cursor is taken from the answer, never an address."""
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            try:
                page = self._graph.get(
                    self._path(), fields=_FIELDS, limit=_PAGE, **filters, **after
                )
            except OutcomeUnknownError as error:
                raise RetryLaterError(error.message) from error
            yield from objects(page.get("data"))
            paging = an_object(page.get("paging"))
            cursor = an_object(paging.get("cursors")).get("after")
            if not isinstance(cursor, str) or not cursor or "next" not in paging:
                return
            after = {"after": cursor}

    def _path(self) -> str:
        if not self._account_id:
            raise ConfigurationError("set META_BUSINESS_ACCOUNT_ID to handle templates")
        return f"/{self._account_id}/message_templates"


def _request(template: TemplateVariant) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "BODY", "text": template.numbered_body}
    if template.samples:
        body["example"] = {"body_text": [template.samples]}
    components = [body]
    if template.buttons:
        buttons = [{"type": "QUICK_REPLY", "text": button.label} for button in template.buttons]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "name": template.provider_name,
        "language": template.language,
        "category": template.category.upper(),
        "components": components,
    }


def _is_ours(listed: Json) -> bool:
    """Tell our names, which end in a fingerprint, from those of others in the account."""
    name, _, fingerprint = str(listed.get("name")).rpartition("_")
    return bool(name) and bool(_FINGERPRINT.fullmatch(fingerprint))


def _state(listed: Json) -> TemplateState:
    provider_name = str(listed.get("name"))
    name, _, fingerprint = provider_name.rpartition("_")
    reason = str(listed.get("rejected_reason") or "")
    return TemplateState(
        name=name,
        language=str(listed.get("language")),
        approval=_APPROVALS.get(str(listed.get("status")).upper(), Approval.SUBMITTED),
        provider_id=provider_name,
        fingerprint=fingerprint,
        reason="" if reason == "NONE" else reason,
    )
