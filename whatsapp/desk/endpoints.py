"""The staff's desk over REST, for tokens with the role ``operator``."""

import functools
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from core.access.dependency import require
from core.access.schemas import Access, Role
from core.audit.service import Actor
from core.database import unit_of_work
from whatsapp import tasks
from whatsapp.desk import service
from whatsapp.desk.schemas import Queued, Reply, Talk, TalkInFull

router = APIRouter(prefix="/api/v1/desk", tags=["desk"])

Operator = Annotated[Access, Depends(require(Role.OPERATOR))]
TalkId = Annotated[int, Path(ge=1, lt=1 << 63)]
Reveal = Annotated[bool, Query(description="Show names and numbers in full; it is noted who did")]


@router.get("")
def list_talks(access: Operator, *, reveal: Reveal = False) -> list[Talk]:
    """List the talks that wait for a person, the one that waits longest first."""
    with unit_of_work() as unit:
        return service.open_talks(unit.connection, reveal=reveal, actor=_actor(access))


@router.get("/{talk_id}")
def show_talk(
    talk_id: TalkId,
    access: Operator,
    latest: Annotated[int, Query(ge=1, le=200)] = 20,
    *,
    reveal: Reveal = False,
) -> TalkInFull:
    """Show a talk with its latest messages."""
    with unit_of_work() as unit:
        return service.talk(
            unit.connection, talk_id, latest=latest, reveal=reveal, actor=_actor(access)
        )


@router.post("/{talk_id}/messages", status_code=202)
def say(talk_id: TalkId, reply: Reply, access: Operator) -> Queued:
    """Send the traveller a message."""
    with unit_of_work() as unit:
        identity_id, ids = service.say(unit.connection, talk_id, reply.text, _actor(access))
        unit.after_commit(functools.partial(tasks.deliver.delay, identity_id))
    return Queued(messages=ids)


@router.post("/{talk_id}/back", status_code=204)
def hand_back(talk_id: TalkId, access: Operator) -> None:
    """Let the automatic answers go on."""
    with unit_of_work() as unit:
        identity_id = service.hand_back(unit.connection, talk_id, _actor(access))
        unit.after_commit(functools.partial(tasks.deliver.delay, identity_id))


def _actor(access: Access) -> Actor:
    return Actor("token", access.name)
