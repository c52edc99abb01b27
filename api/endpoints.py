"""Whether this process lives, and whether it can work."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api import service

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


@router.get("/health")
def health() -> Health:
    """Say that the process lives, whatever it depends on."""
    return Health()


@router.get("/ready")
def ready(
    response: Response, checks: Annotated[dict[str, str], Depends(service.readiness)]
) -> dict[str, str]:
    """Say whether the process can work: 200 when everything is ``ok``, else 503."""
    if set(checks.values()) != {"ok"}:
        response.status_code = 503
    return checks
