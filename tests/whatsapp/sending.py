"""What tests of the outbox do: queue, let time pass, and look."""

from typing import Any

import redis

from conversation.schemas import Outgoing
from core.database import Connection, unit_of_work
from core.settings import settings
from tests.whatsapp.house import Phone
from whatsapp.accounts import account
from whatsapp.outbox import repository, statuses
from whatsapp.outbox.limits import limiter
from whatsapp.outbox.schemas import REPLY
from whatsapp.render import contents
from whatsapp.schemas import Content, StatusChange, TemplateUse
from whatsapp.templates import service as templates
from whatsapp.twilio.channel import TwilioChannel


def forget_limits() -> None:
    """Begin the counts anew, as this test's settings have them."""
    limiter.cache_clear()
    with redis.Redis.from_url(str(settings().redis_url)) as client:
        for key in client.scan_iter("limits:*"):
            client.delete(key)


def queue(
    identity: int, *said: str | Outgoing, reply_to: int | None = None, priority: int = REPLY
) -> list[int]:
    """Queue messages as the conversation makes them; return their ids."""
    outgoing = [Outgoing(body=each) if isinstance(each, str) else each for each in said]
    rows = [content.model_dump(mode="json") for content in contents(outgoing)]
    with unit_of_work() as unit:
        return repository.add_outbound(unit.connection, identity, reply_to, rows, priority=priority)


def queue_content(identity: int, content: Content, **options: Any) -> int:
    """Queue one message as it stands; return its id."""
    row = content.model_dump(mode="json", exclude_defaults=True)
    with unit_of_work() as unit:
        return repository.add_outbound(unit.connection, identity, None, [row], **options)[0]


def suggestions(language: str = "en") -> Content:
    """Suggestions as a schedule sends them."""
    use = TemplateUse(
        name="recommendations", language=language, variables=["Lotus Tours", "Sa Pa by train"]
    )
    return Content(body="Sa Pa by train", template=use)


def bodies(phone: Phone) -> list[str]:
    return [shown["body"] for shown in phone.received()]


def outbox(db: Connection) -> list[tuple[str, str | None]]:
    rows = db.execute("select status, error_code from outbound_messages order by id")
    return [(row["status"], row["error_code"]) for row in rows]


def pass_time(db: Connection, seconds: float) -> None:
    """Let *seconds* pass for what waits in the outbox, and whatever rest was asked of us."""
    forget_limits()
    db.execute(
        """update outbound_messages
              set not_before = not_before - make_interval(secs => %s),
                  claimed_at = claimed_at - make_interval(secs => %s)""",
        [seconds, seconds],
    )


def shut_window(db: Connection) -> None:
    """Let a day pass for everybody since their last words."""
    db.execute("update channel_identities set last_inbound_at = last_inbound_at - interval '25 h'")


def report(outbound_id: int, status: str, code: str = "", sid: str | None = None) -> int | None:
    """Tell what becomes of a message, as the provider's callback does."""
    with unit_of_work() as unit:
        row = unit.connection.execute(
            "select provider_sid from outbound_messages where id = %s", [outbound_id]
        ).fetchone()
        assert row is not None
        told = sid or row["provider_sid"] or "SM" + "a" * 32
        return statuses.record(unit.connection, StatusChange(outbound_id, told, status, code))


def approve(channel: TwilioChannel, *names: str) -> None:
    """Have templates approved: those of *names*, or all."""
    with unit_of_work() as unit:
        wanted = templates.to_submit(unit.connection, account(), names)
    for variant in wanted:
        state = channel.submit_template(variant)
        with unit_of_work() as unit:
            templates.note_submitted(unit.connection, account(), state)
    sync(channel)


def sync(channel: TwilioChannel) -> None:
    """Ask the provider what has become of the templates."""
    told = channel.template_states()
    with unit_of_work() as unit:
        templates.note_states(unit.connection, account(), told)
