"""Showing staff the talks that wait for them, and carrying what they write.

Names and numbers are masked unless they are asked for, and no log holds a word of what is said.
"""

import json

import structlog
from psycopg.rows import DictRow

from conversation import service as conversation
from conversation.privacy import masked
from core.audit.service import Actor, record
from core.database import Connection
from core.encryption import decrypt
from core.errors import InvalidInputError, NotFoundError
from core.settings import settings
from core.text import tidy
from whatsapp.desk import repository
from whatsapp.desk.schemas import Line, Talk, TalkInFull
from whatsapp.outbox.repository import add_outbound
from whatsapp.reading import read
from whatsapp.render import MAX_TEXT, contents, split
from whatsapp.schemas import Content, TemplateUse

log = structlog.get_logger(__name__)

TEMPLATE = "reply_from_staff"
AT_TERMINAL = Actor("operator", "terminal")
"""Staff with a terminal on the machine itself, whom nobody asks for a name."""

_WINDOW_S = 24 * 3600
_MOST_TALKS = 200
_LONGEST = 4_000
_HIDDEN = "•••"


def open_talks(
    connection: Connection, *, reveal: bool = False, actor: Actor = AT_TERMINAL
) -> list[Talk]:
    """Return the talks that a person answers, the one that waits longest first.

    Args:
        connection: an open transaction.
        reveal: whether to show names and numbers in full.
        actor: who looks.
    """
    rows = repository.open_talks(connection, _WINDOW_S, _MOST_TALKS)
    for row in rows if reveal else ():
        record(connection, actor, "thread.listed", row["user_id"], revealed=True)
    return [Talk(**_facts(row, reveal=reveal)) for row in rows]


def talk(
    connection: Connection,
    talk_id: int,
    *,
    latest: int = 20,
    reveal: bool = False,
    actor: Actor = AT_TERMINAL,
) -> TalkInFull:
    """Return one talk with its latest messages.

    Args:
        connection: an open transaction.
        talk_id: of the talk, open or not.
        latest: how many messages at most.
        reveal: whether to show name and number in full.
        actor: who reads.

    Raises:
        NotFoundError: there is no such talk.
    """
    row = _found(connection, talk_id)
    record(connection, actor, "thread.read", row["user_id"], talk=talk_id, revealed=reveal)
    rows = repository.messages(connection, row["user_id"], latest)
    lines = [_line(each) for each in reversed(rows)]
    return TalkInFull(**_facts(row, reveal=reveal), messages=lines)


def say(
    connection: Connection, talk_id: int, text: str, actor: Actor = AT_TERMINAL
) -> tuple[int, list[int]]:
    """Queue what staff write to a traveller; where the 24-hour window is closed, they tap first.

    Returns:
        The identity that it goes to, and the messages' ids.

    Raises:
        NotFoundError: there is no such talk.
        InvalidInputError: it was handed back, nothing is said, or the traveller cannot be reached.
    """
    words = text.strip()
    if not tidy(words) or len(words) > _LONGEST:
        raise InvalidInputError(f"say something, of {_LONGEST:,} characters at most")
    row = _held(connection, talk_id)
    if row["opted_out"]:
        raise InvalidInputError("the traveller asked for silence: nothing may be sent")
    if not row["reachable"]:
        raise InvalidInputError("messages do not reach the traveller any more")
    template = TemplateUse(
        name=TEMPLATE, language=row["language"], variables=[tidy(settings().business_name)]
    )
    queued = [
        Content(body=part, template=template).model_dump(mode="json", exclude_defaults=True)
        for part in split(words, MAX_TEXT)
    ]
    ids = add_outbound(connection, row["identity_id"], None, queued)
    repository.note_staff(connection, talk_id)
    record(connection, actor, "thread.answered", row["user_id"], talk=talk_id)
    log.info("staff_wrote", talk=talk_id, messages=len(ids))
    return row["identity_id"], ids


def hand_back(connection: Connection, talk_id: int, actor: Actor = AT_TERMINAL) -> int:
    """Let the automatic answers go on, and tell the traveller so.

    Returns:
        The identity that is told.

    Raises:
        NotFoundError: there is no such talk.
        InvalidInputError: it was handed back before.
    """
    row = _held(connection, talk_id)
    said = contents(conversation.hand_back(connection, row["user_id"]))
    queued = [each.model_dump(mode="json", exclude_defaults=True) for each in said]
    add_outbound(connection, row["identity_id"], None, queued)
    record(connection, actor, "thread.handed_back", row["user_id"], talk=talk_id)
    log.info("talk_handed_back", talk=talk_id)
    return int(row["identity_id"])


def _held(connection: Connection, talk_id: int) -> DictRow:
    held = repository.hold(connection, talk_id)
    if held is not None and held["closed_at"] is not None:
        raise InvalidInputError("this talk has been handed back")
    return _found(connection, talk_id)


def _found(connection: Connection, talk_id: int) -> DictRow:
    row = repository.talk(connection, talk_id, _WINDOW_S)
    if row is None:
        raise NotFoundError(f"there is no talk {talk_id}")
    return row


def _facts(row: DictRow, *, reveal: bool) -> dict[str, object]:
    address = decrypt(row["address_encrypted"])
    name = row["profile_name_encrypted"]
    known = None if name is None else decrypt(name)
    facts = {key: row[key] for key in Talk.model_fields if key in row}
    return facts | {
        "waiting_s": int(row["waiting_s"]),
        "name": known if reveal or not known else f"{known[:1]}{_HIDDEN}",
        "address": address if reveal else masked(address),
        "can_be_written_to": row["reachable"] and not row["opted_out"],
    }


def _line(row: DictRow) -> Line:
    if row["content"] is None:
        return Line(at=row["at"], who="traveller", text=_heard(row))
    content = Content.model_validate(row["content"])
    by_staff = content.template is not None and content.template.name == TEMPLATE
    return Line(
        at=row["at"],
        who="staff" if by_staff else "automatic",
        text=_shown(content),
        status=row["status"],
    )


def _heard(row: DictRow) -> str:
    """Return a traveller's words, or what came in place of words."""
    said = read(row["provider"], json.loads(decrypt(row["payload_encrypted"])))
    transcript = row["transcript_encrypted"]
    words = said.text.strip() or ("" if transcript is None else decrypt(transcript))
    marks = [f"[{each}]" for each in said.media]
    if said.latitude is not None:
        marks.append(f"[{said.place_label or 'location'}: {said.latitude}, {said.longitude}]")
    if said.choice and not words:
        marks.append(f"[tapped: {said.choice}]")
    return " ".join(filter(None, [*marks, words])) or "[nothing]"


def _shown(content: Content) -> str:
    choices = "".join(f" [{choice.label}]" for choice in content.choices)
    if content.pin is not None:
        return f"[{content.pin.name}]"
    words = content.body or ("[picture]" if content.image_url else "")
    return f"{words}{choices}".strip() or "[nothing]"
