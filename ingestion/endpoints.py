"""Feeds over REST: sending one, and seeing what became of it."""

import functools
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, BaseModel
from starlette.requests import ClientDisconnect

from core.access.dependency import require
from core.access.schemas import Access, Role
from core.database import unit_of_work
from core.settings import settings
from core.text import tidy
from ingestion import runs, tasks
from ingestion.forms import TooLargeError
from ingestion.uploads import Order, Upload, discard, save_upload

router = APIRouter(prefix="/api", tags=["catalogue"])


def _named(provider: str) -> str:
    """Return a provider's name as it is stored."""
    if not (name := tidy(provider)):
        raise ValueError("the provider's name is blank")
    return name


Catalogue = Annotated[Access, Depends(require(Role.CATALOGUE))]
Provider = Annotated[str, Path(max_length=100), AfterValidator(_named)]
RunId = Annotated[int, Path(ge=1, lt=1 << 63)]

# The report has its own style in it, and nothing else that a browser may load or run.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "The feed: one file, or all that the mapping names",
                    },
                    "mapping": {
                        "type": "string",
                        "description": "How its columns become our fields, as YAML; "
                        "the provider's own by default",
                    },
                    "full": {
                        "type": "boolean",
                        "default": False,
                        "description": "Whether tours missing from it are to be retired",
                    },
                },
            }
        },
        "application/json": {"schema": Order.model_json_schema()},
    },
}


class Accepted(BaseModel):
    """A run that has been asked for, and where to see what becomes of it."""

    run: int
    report: str


async def uploaded(request: Request, provider: Provider, access: Catalogue) -> Upload:
    """Take the body in, from nobody who may not change the provider's feed."""
    access.insist_on_provider(provider)
    largest = settings().feed_max_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and float(announced) > largest:
        raise TooLargeError(f"a feed of at most {largest:,} bytes is expected")
    try:
        return await save_upload(request.headers.get("content-type", ""), request.stream())
    except ClientDisconnect:
        raise HTTPException(400, "the upload broke off") from None


@router.post("/feeds/{provider}", status_code=202, openapi_extra={"requestBody": _BODY})
def take_feed(
    provider: Provider, upload: Annotated[Upload, Depends(uploaded)], response: Response
) -> Accepted:
    """Take a feed in, or have the provider's own address read; the work is done later."""
    order = upload.order
    try:
        with unit_of_work() as unit:
            run_id = runs.request_run(
                unit.connection, provider, upload.folder, order.mapping, full=order.full
            )
            unit.after_commit(functools.partial(tasks.run_feed.delay, run_id))
    except BaseException:
        discard(upload.folder)
        raise
    response.headers["Location"] = f"/api/runs/{run_id}"
    return Accepted(run=run_id, report=f"/api/runs/{run_id}/report.html")


@router.get("/runs")
def list_runs(
    access: Catalogue,
    provider: Annotated[str | None, Query(max_length=100), AfterValidator(_named)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[dict[str, Any]]:
    """List the latest runs, the newest first."""
    wanted = provider if provider is not None else access.provider
    access.insist_on_provider(wanted)
    with unit_of_work() as unit:
        return runs.list_runs(unit.connection, wanted, limit)


@router.get("/runs/{run_id}")
def show_run(run_id: RunId, access: Catalogue) -> dict[str, Any]:
    """Say how far a run has come and what became of the feed's records."""
    with unit_of_work() as unit:
        report = runs.run_report(unit.connection, run_id)
    access.insist_on_provider(report["provider"])
    return report


@router.get("/runs/{run_id}/report.html")
def show_report(run_id: RunId, access: Catalogue) -> HTMLResponse:
    """Show the same to a person."""
    with unit_of_work() as unit:
        access.insist_on_provider(runs.run_report(unit.connection, run_id)["provider"])
        page = runs.run_report_html(unit.connection, run_id)
    return HTMLResponse(page, headers={"Content-Security-Policy": _REPORT_POLICY})
