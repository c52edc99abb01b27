"""Our templates as content resources of Twilio's, and WhatsApp's word on each."""

from collections.abc import Mapping
from typing import Any

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentInstance
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from core.errors import RejectedError
from whatsapp.templates.schemas import Approval, TemplateState, TemplateVariant
from whatsapp.twilio.contents import PREFIX, ContentBook
from whatsapp.twilio.errors import UNKNOWN_CONTENT, asking
from whatsapp.twilio.render import TEMPLATE, template_shape

_MOST_LISTED = 1_000

_APPROVALS = {
    "unsubmitted": Approval.MISSING,
    "received": Approval.SUBMITTED,
    "pending": Approval.SUBMITTED,
    "approved": Approval.APPROVED,
    "rejected": Approval.REJECTED,
    "paused": Approval.PAUSED,
    "disabled": Approval.PAUSED,
}


class ApprovalDesk:
    """Hands templates in to WhatsApp by way of Twilio."""

    def __init__(self, client: Client, contents: ContentBook) -> None:
        self._client = client
        self._contents = contents

    def submit(self, template: TemplateVariant) -> TemplateState:
        """Register and hand in; see `whatsapp.port.Channel.submit_template`."""
        form = template_shape(template)
        sid = self._contents.sid(form)
        try:
            told = self._ask(sid)
        except RejectedError as error:
            if error.code not in UNKNOWN_CONTENT:
                raise
            # Somebody deleted it there, or the account's data began anew: register it again.
            self._contents.forget(form, sid)
            sid = self._contents.sid(form)
            told = self._ask(sid)
        if told.get("status", "unsubmitted") == "unsubmitted":
            told = self._hand_in(sid, template)
        name, fingerprint = template.name, template.fingerprint
        return _state(name, fingerprint, template.language, sid, told)

    def states(self) -> list[TemplateState]:
        """List what there is; see `whatsapp.port.Channel.template_states`."""
        with asking():
            listed = self._client.content.v1.contents.list(limit=_MOST_LISTED)
        read = [self._state_of(content) for content in listed]
        return [state for state in read if state is not None]

    def _state_of(self, content: ContentInstance) -> TemplateState | None:
        """Return the state of a resource that `submit` made; None of any other."""
        given, language = str(content.friendly_name or ""), str(content.language)
        ours = f"{PREFIX}{TEMPLATE}{language}-"
        name, _, fingerprint = given.removeprefix(ours).rpartition("_")
        if not given.startswith(ours) or not name:
            return None
        sid = str(content.sid)
        return _state(name, fingerprint, language, sid, self._ask(sid))

    def _ask(self, sid: str) -> Mapping[str, Any]:
        with asking():
            told = self._client.content.v1.contents(sid).approval_fetch().fetch().whatsapp
        return told if isinstance(told, dict) else {}

    def _hand_in(self, sid: str, template: TemplateVariant) -> Mapping[str, Any]:
        request = ApprovalCreateList.ContentApprovalRequest(
            {"name": template.provider_name, "category": template.category.upper()}
        )
        with asking():
            made = self._client.content.v1.contents(sid).approval_create.create(request)
        return {"status": made.status, "rejection_reason": made.rejection_reason}


def _state(
    name: str, fingerprint: str, language: str, sid: str, told: Mapping[str, Any]
) -> TemplateState:
    said = str(told.get("status") or "unsubmitted").lower()
    return TemplateState(
        name=name,
        language=language,
        approval=_APPROVALS.get(said, Approval.SUBMITTED),
        provider_id=sid,
        fingerprint=fingerprint,
        reason=str(told.get("rejection_reason") or ""),
    )
