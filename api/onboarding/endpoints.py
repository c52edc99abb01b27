"""The wizard's pages, and what their scripts ask for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.onboarding import service
from api.onboarding.schemas import Draft, FaultyError, Step, Wish
from api.onboarding.suggesting import suggest
from api.pages.rendering import page
from api.sessions.dependency import CurrentVisit, SomeVisitor, client_of, csrf_checked
from core import rate_limits
from core.database import Connection, unit_of_work
from core.errors import NotFoundError

router = APIRouter(prefix="/onboarding", tags=["onboarding"], include_in_schema=False)

AFTER_THE_LAST = "/join"
ACCOUNT = "/account"

_OFTEN = "240/minute"
_LONGEST_NAME = 100
_LONGEST_VALUE = 2_000
_MOST_VALUES = 100


async def fields_of(request: Request) -> Draft:
    """Return what a form holds: texts only, each cut where nobody types so much."""
    form: FormData = await request.form()
    values: dict[str, tuple[str, ...]] = {}
    for name in form:
        texts = [each[:_LONGEST_VALUE] for each in form.getlist(name) if isinstance(each, str)]
        values[name] = tuple(texts[:_MOST_VALUES])
    return Draft(values)


Fields = Annotated[Draft, Depends(fields_of)]


def step_named(step: str) -> Step:
    """Return a step by its name.

    Raises:
        NotFoundError: there is none.
    """
    try:
        return Step(step)
    except ValueError:
        raise NotFoundError("there is no such step") from None


NamedStep = Annotated[Step, Depends(step_named)]
"""A step, by its name in the path."""


@router.get("")
def begin() -> Response:
    """Begin with the first step."""
    return RedirectResponse(f"/onboarding/{Step.PLACES}", 303)


@router.get("/places/suggest")
def suggest_places(
    request: Request, visit: CurrentVisit, q: Annotated[str, Query(max_length=_LONGEST_NAME)] = ""
) -> list[dict[str, str]]:
    """Return places for the first letters of a name."""
    rate_limits.take("suggest", client_of(request), _OFTEN)
    found = suggest(q, visit.language)
    return [{"name": each.name, "where": each.where} for each in found]


@router.post("/preview", dependencies=[Depends(csrf_checked)])
def preview(
    request: Request, visit: CurrentVisit, visitor: SomeVisitor, fields: Fields
) -> HTMLResponse:
    """Return what the wish would lead to with what is being typed; nothing is stored."""
    rate_limits.take("preview", str(visitor.user_id), _OFTEN)
    step = step_named(fields.one("step"))
    with unit_of_work() as unit:
        found = service.preview_of_draft(
            unit.connection, visitor.user_id, step, fields, visit.language
        )
    return page(request, "onboarding/preview.html", preview=found)


@router.get("/{step}")
def show(
    request: Request, visit: CurrentVisit, visitor: SomeVisitor, step: NamedStep
) -> HTMLResponse:
    """Show a step as it is stored."""
    with unit_of_work() as unit:
        wish = service.wish_of(unit.connection, visitor.user_id)
        draft = service.draft_of(step, wish, visit.language)
        shown = _shown(unit.connection, visitor.user_id, step, draft, wish, visit.language)
    return page(
        request,
        "onboarding/step.html",
        faults={},
        is_editing=request.query_params.get("from") == "account",
        **shown,
    )


@router.post("/{step}", dependencies=[Depends(csrf_checked)])
def take(
    request: Request, visit: CurrentVisit, visitor: SomeVisitor, step: NamedStep, fields: Fields
) -> Response:
    """Store a step and go where the button says; what cannot be is shown again as it was typed."""
    is_editing = fields.one("from") == "account"
    with unit_of_work() as unit:
        connection, user_id = unit.connection, visitor.user_id
        wish = service.wish_of(connection, user_id)
        try:
            changed = service.read(step, fields, wish, visit.language)
        except FaultyError as error:
            shown = _shown(connection, user_id, step, fields, wish, visit.language)
            return page(
                request,
                "onboarding/step.html",
                status=422,
                faults=error.faults,
                is_editing=is_editing,
                **shown,
            )
        service.save(connection, user_id, changed, visit.language)
    return RedirectResponse(_next(step, fields.one("action"), is_editing=is_editing), 303)


def _shown(
    connection: Connection, user_id: int, step: Step, draft: Draft, wish: Wish, language: str
) -> dict[str, Any]:
    """Return what the template of a step needs."""
    return {
        "step": step,
        "steps": list(Step),
        "draft": draft,
        "preview": service.preview(connection, user_id, wish, language),
        **service.options(connection, step, draft, language),
    }


def _next(step: Step, action: str, *, is_editing: bool) -> str:
    editing = "?from=account" if is_editing else ""
    if action == "stay":
        return f"/onboarding/{step}{editing}"
    if action == "back" and step.before:
        return f"/onboarding/{step.before}{editing}"
    if is_editing:
        return f"{ACCOUNT}?notice=saved"
    return f"/onboarding/{step.after}" if step.after else AFTER_THE_LAST
