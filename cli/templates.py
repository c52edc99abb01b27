"""Commands about the templates that WhatsApp has to approve."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.database import unit_of_work
from whatsapp.accounts import account
from whatsapp.templates import service
from whatsapp.templates.schemas import TemplateState
from whatsapp.templates.service import Standing

app = typer.Typer(
    help="Hand in what may be said after 24 hours, and see what is approved.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command("list")
def show(as_json: Json = False) -> None:
    """List our templates and how each stands with the provider, as it was last heard.

    Example: travelbuddy templates list
    """
    with ready_database(), unit_of_work() as unit:
        found = service.standings(unit.connection, account())
    if as_json:
        print_json({"account": account(), "templates": [_for_json(each) for each in found]})
        return
    table = Table("Template", "Language", "Kind", "Standing", "Why")
    for each in found:
        table.add_row(
            each.variant.name, each.variant.language, each.variant.category,
            _word_for(each), each.reason,
        )  # fmt: skip
    console.print(table, markup=False)


@app.command()
def submit(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which; without any, all missing or changed ones.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Hand templates in for approval; doing it twice is safe.

    Example: travelbuddy templates submit
    """
    with ready_database():
        done = hand_in(names or [])
    if as_json:
        print_json({"submitted": [each.model_dump(mode="json") for each in done]})
    elif done:
        for each in done:
            console.print(f"{each.name} ({each.language}): {each.approval}", markup=False)
    else:
        console.print("There is nothing to hand in")


@app.command()
def sync(as_json: Json = False) -> None:
    """Ask the provider what has become of our templates; workers do so every half an hour.

    Example: travelbuddy templates sync
    """
    with ready_database():
        ask_provider()
    show(as_json)


def hand_in(names: Iterable[str] = ()) -> list[TemplateState]:
    """Hand in the templates of these names, or whatever is missing or has changed.

    Raises:
        NotFoundError: there is no template of such a name.
        RejectedError: the provider does not take one.
        RetryLaterError: it cannot be asked now.
    """
    from whatsapp.providers import channel  # with Twilio: half a second

    done: list[TemplateState] = []
    with unit_of_work() as unit:
        wanted = service.to_submit(unit.connection, account(), names)
    for variant in wanted:
        state = channel().submit_template(variant)
        with unit_of_work() as unit:
            service.note_submitted(unit.connection, account(), state)
        done.append(state)
    return done


def ask_provider() -> None:
    """Ask the provider what has become of our templates, and keep the answer.

    Raises:
        RetryLaterError: it cannot be asked now.
    """
    from whatsapp.providers import channel

    told = channel().template_states()
    with unit_of_work() as unit:
        service.note_states(unit.connection, account(), told)


def _word_for(standing: Standing) -> str:
    return "changed since" if standing.changed else standing.approval.value


def _for_json(standing: Standing) -> dict[str, object]:
    return {
        "name": standing.variant.name,
        "language": standing.variant.language,
        "category": standing.variant.category,
        "approval": standing.approval.value,
        "changed": standing.changed,
        "reason": standing.reason,
        "checked_at": standing.checked_at.isoformat() if standing.checked_at else None,
    }
