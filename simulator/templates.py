"""Contents that want to open conversations: WhatsApp's rules, and its verdict in its own time."""

from __future__ import annotations

import re
from typing import Any

from simulator.content import MAX_TEMPLATE_TITLE, VARIABLE
from simulator.errors import ControlError
from simulator.schemas import (
    Action,
    Approval,
    ApprovalRequest,
    ApprovalStatus,
    Content,
    ContentTypes,
)
from simulator.world import World

MAX_BODY = 1024
REFUSED_WITH: dict[ApprovalStatus, int] = {"rejected": 63040, "paused": 63041, "disabled": 63042}
OUTSIDE_WINDOW = 63016
_LEFT_ALONE = frozenset({"received", "pending", "approved", "paused", "disabled"})


class Approvals:
    """WhatsApp's side of templates: it takes them, judges them, and may change its mind."""

    def __init__(self, world: World) -> None:
        self._world = world

    def submit(self, content: Content, request: ApprovalRequest) -> Approval:
        """Take a content in for judgement; what is with WhatsApp already stays as it is."""
        if content.approval and content.approval.status in _LEFT_ALONE:
            return content.approval
        content.approval = Approval(
            name=request.name,
            category=request.category,
            status="received",
            submitted_at=self._world.clock.now(),
        )
        if self._world.behaviour.approval == "now":
            self._judge(content, content.approval)
        else:
            self._world.spawn(self._take_time(content, content.approval))
        self._changed()
        return content.approval.model_copy()

    def decide(self, sid: str, status: ApprovalStatus, reason: str) -> Content:
        """Set where a template stands, by hand.

        Raises:
            ControlError: If there is no such template.
        """
        content = self._world.state.contents.get(sid)
        if content is None:
            raise ControlError(404, "there is no content with this sid")
        if content.approval is None:
            raise ControlError(409, "this content was never submitted for approval")
        content.approval.status = status
        content.approval.rejection_reason = reason
        self._changed()
        return content

    async def _take_time(self, content: Content, approval: Approval) -> None:
        await self._world.clock.sleep(self._world.behaviour.status_delay)
        if approval.status == "received":
            approval.status = "pending"
            self._changed()
        if self._world.behaviour.approval == "hand":
            return
        await self._world.clock.sleep(self._world.behaviour.approval_seconds)
        if approval.status == "pending":
            self._judge(content, approval)
            self._changed()

    def _judge(self, content: Content, approval: Approval) -> None:
        reason = reason_against(content) if self._world.limits.templates.on else ""
        approval.status = "rejected" if reason else "approved"
        approval.rejection_reason = reason

    def _changed(self) -> None:
        self._world.events.announce("switches", {"what": "templates"})


def failure_outside_window(content: Content) -> int | None:
    """The error number of a content that opens a conversation; None: it may."""
    if content.approval is None or content.request.types.list_picker:
        return OUTSIDE_WINDOW
    if content.request.types.location or content.approval.status in {"received", "pending"}:
        return OUTSIDE_WINDOW
    return REFUSED_WITH.get(content.approval.status)


def reason_against(content: Content) -> str:
    """Why WhatsApp rejects a template, or nothing when it does not."""
    types = content.request.types
    if types.list_picker or types.location:
        kind = "list picker" if types.list_picker else "location"
        return f"A {kind} cannot open a conversation."
    body = body_of(types).strip()
    return (
        _against_body(body)
        or _against_variables(content.request.variables, _used(types))
        or _against_buttons(_actions(types))
    )


def _against_body(body: str) -> str:
    if len(body) > MAX_BODY:
        return f"The body has {len(body)} characters, at most {MAX_BODY} are allowed."
    if body.startswith("{{") or body.endswith("}}"):
        return "The body starts or ends with a variable."
    if re.search(r"\}\}\s*\{\{", body):
        return "Two variables stand side by side."
    if re.search(r"\n{3,}| {5,}|\t", body):
        return "The body has more than two line breaks or four blanks in a row, or a tab."
    return ""


def _against_variables(samples: dict[str, str], used: list[str]) -> str:
    numbers = sorted({int(name) for name in used if name.isascii() and name.isdigit()})
    if numbers and numbers != list(range(1, len(numbers) + 1)):
        return "The variables are not numbered from 1 without a gap."
    missing = [name for name in used if not samples.get(name, "").strip()]
    return f"The variable {missing[0]} has no sample value." if missing else ""


def _against_buttons(actions: list[Action]) -> str:
    for action in actions:
        if len(action.title) > MAX_TEMPLATE_TITLE:
            return f"A button's title is longer than {MAX_TEMPLATE_TITLE} characters."
        if VARIABLE.search(action.title):
            return "A button's title holds a variable."
    return ""


def body_of(types: ContentTypes) -> str:
    """The text of a content, as it was written."""
    bodies = (
        types.card and (types.card.title or types.card.body),
        types.carousel and types.carousel.body,
        types.quick_reply and types.quick_reply.body,
        types.call_to_action and types.call_to_action.body,
        types.list_picker and types.list_picker.body,
        types.media and types.media.body,
        types.text and types.text.body,
    )
    return next((body for body in bodies if body), "")


def _actions(types: ContentTypes) -> list[Action]:
    holders = (types.card, types.quick_reply, types.call_to_action)
    cards = types.carousel.cards if types.carousel else []
    lists = [holder.actions for holder in (*holders, *cards) if holder]
    return [action for actions in lists for action in actions or []]


def _used(types: ContentTypes) -> list[str]:
    """The variables of a content, the ones of its addresses and buttons included."""
    return list(dict.fromkeys(VARIABLE.findall(types.model_dump_json())))


def template_view(content: Content) -> dict[str, Any]:
    """A content as a template, for the control API."""
    approval = content.approval
    return {
        "sid": content.sid,
        "friendly_name": content.request.friendly_name,
        "language": content.request.language,
        "kind": content.request.types.kind(),
        "body": body_of(content.request.types),
        "name": approval.name if approval else None,
        "category": approval.category if approval else None,
        "status": approval.status if approval else "unsubmitted",
        "rejection_reason": approval.rejection_reason if approval else "",
        "submitted_at": approval.submitted_at.isoformat() if approval else None,
    }
