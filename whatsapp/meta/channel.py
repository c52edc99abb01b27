"""The channel port on Meta's Cloud API."""

import functools
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from conversation.schemas import Incoming
from core.errors import OutcomeUnknownError
from core.settings import settings
from whatsapp.meta.client import Graph, make_graph
from whatsapp.meta.media import fetch
from whatsapp.meta.reading import files, incoming
from whatsapp.meta.render import fields, recipient
from whatsapp.meta.templates import TemplateDesk
from whatsapp.meta.untrusted import Json
from whatsapp.port import Accepted
from whatsapp.schemas import Content, InboundMessage, Medium, StatusChange
from whatsapp.templates.schemas import TemplateState, TemplateVariant


class MetaChannel:
    """Sends WhatsApp messages from one number of a business account.

    Args:
        graph: the Graph.
        number_id: Meta's id of the number.
        account_id: the business account's id, for templates; None if none is configured.
    """

    provider = "meta"
    # What was sent cannot be listed: only a callback tells, and those come within moments.
    settle_s = 60.0
    tells_unsent = False

    def __init__(self, graph: Graph, number_id: str, account_id: str | None) -> None:
        self._graph = graph
        self._path = f"/{number_id}/messages"
        self._templates = TemplateDesk(graph, account_id)
        self.timeout_s = graph.timeout_s

    def send(self, address: str, content: Content, reference: str) -> Accepted:
        """Hand *content* over; see `whatsapp.port.Channel.send`."""
        request = {
            **recipient(address),
            **fields(content),
            "biz_opaque_callback_data": reference,
        }
        return _accepted(self._graph.post(self._path, request))

    def find_sent(
        self,
        address: str,  # noqa: ARG002 - as the port has it
        content: Content,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
        known: Collection[str],  # noqa: ARG002
    ) -> Accepted | None:
        """Meta lists nothing: the callback with our reference is the only proof."""
        return None

    def received(self, since: datetime) -> list[InboundMessage]:  # noqa: ARG002
        """Meta lists nothing, but tries its webhooks again for days."""
        return []

    def failures(self, since: datetime) -> list[StatusChange]:  # noqa: ARG002
        """Meta lists nothing, but tries its webhooks again for days."""
        return []

    def read(self, payload: Mapping[str, Any]) -> Incoming:
        """Read a message; see `whatsapp.port.Channel.read`."""
        return incoming(payload)

    def media(self, payload: Mapping[str, Any]) -> list[Medium]:
        """List a message's files; see `whatsapp.port.Channel.media`."""
        return files(payload)

    def fetch(self, medium: Medium, most_bytes: int) -> bytes:
        """Fetch a file; see `whatsapp.port.Channel.fetch`."""
        return fetch(medium, most_bytes, self._graph)

    def submit_template(self, template: TemplateVariant) -> TemplateState:
        """Hand a template in; see `whatsapp.port.Channel.submit_template`."""
        return self._templates.submit(template)

    def template_states(self) -> list[TemplateState]:
        """List our templates; see `whatsapp.port.Channel.template_states`."""
        return self._templates.states()

    def erase(self, provider_sid: str) -> None:
        """There is nothing to ask for: the Cloud API has no request that deletes a message.

        Meta keeps messages of the Cloud API for 30 days at most, to send them again if need be.
        """

    def typing(self, inbound_sid: str) -> None:
        """Show the typing indicator for up to 25 s; see `whatsapp.port.Channel.typing`."""
        self._graph.post(
            self._path,
            {
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": inbound_sid,
                "typing_indicator": {"type": "text"},
            },
        )


@functools.cache
def meta_channel() -> MetaChannel:
    """Return the channel of this process, as the settings describe it.

    Raises:
        ConfigurationError: no account is configured.
    """
    configured = settings()
    graph = make_graph()
    return MetaChannel(
        graph, str(configured.meta_phone_number_id), configured.meta_business_account_id
    )


def _accepted(answer: Json) -> Accepted:
    match answer:
        case {"messages": [{"id": str(sid)}, *_]} if sid:
            return Accepted(sid, "accepted")
    raise OutcomeUnknownError("Meta's answer holds no id of the message")
