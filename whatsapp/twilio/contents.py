"""The content resources that our message shapes stand for, registered with Twilio once."""

import structlog
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from core.database import unit_of_work
from core.errors import TravelBuddyError
from whatsapp.twilio import repository
from whatsapp.twilio.errors import asking, our_errors
from whatsapp.twilio.render import Shape

PREFIX = "travelbuddy-"

log = structlog.get_logger(__name__)


class ContentBook:
    """Which content resource of the account stands for which shape."""

    def __init__(self, client: Client, account_sid: str) -> None:
        self._client = client
        self._channel = f"twilio:{account_sid}"

    def sid(self, shape: Shape) -> str:
        """Return the sid of the resource for *shape*, creating it on first use.

        Raises:
            RejectedError: Twilio refuses the shape.
            RetryLaterError: Twilio cannot be asked now.
        """
        with unit_of_work() as unit:
            known = repository.content_sid(unit.connection, self._channel, shape.name)
        return known or self._register(shape)

    def forget(self, shape: Shape, sid: str) -> None:
        """Drop *sid*, which Twilio no longer knows, so that the next use creates another."""
        with unit_of_work() as unit:
            repository.forget_content(unit.connection, self._channel, shape.name, sid)

    def _register(self, shape: Shape) -> str:
        created = self._create(shape)
        with unit_of_work() as unit:
            kept = repository.keep_content(unit.connection, self._channel, shape.name, created)
        if kept != created:  # another worker was first
            self._discard(created)
        return kept

    def _create(self, shape: Shape) -> str:
        samples = {number: f"sample {number}" for number in shape.variables}
        request = ContentList.ContentCreateRequest(
            {
                "friendly_name": f"{PREFIX}{shape.name}",
                "language": shape.language,
                "variables": samples if shape.samples is None else shape.samples,
                "types": shape.types,
            }
        )
        with asking():  # made twice, at worst there is a spare resource
            return str(self._client.content.v1.contents.create(request).sid)

    def _discard(self, sid: str) -> None:
        try:
            with our_errors():
                self._client.content.v1.contents(sid).delete()
        except TravelBuddyError as error:  # it only takes up room
            log.info("spare_content_left", sid=sid, reason=error.message)
