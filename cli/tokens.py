"""Commands about the tokens that open the REST interface."""

import datetime as dt
from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.access import service
from core.access.schemas import Role, Token
from core.database import unit_of_work

app = typer.Typer(help="Make and revoke tokens for the REST interface.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it in lists and logs.")],
    role: Annotated[
        Role,
        typer.Option(
            help="catalogue: upload feeds and see the runs; operator: talk with travellers at the "
            "desk; admin: everything."
        ),
    ] = Role.CATALOGUE,
    provider: Annotated[
        str | None, typer.Option(help="The only provider whose feed it is good for.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a token. It is shown this once and kept nowhere.

    Example: travelbuddy token create "Lotus Tours" --provider lotus
    """
    with ready_database(), unit_of_work() as unit:
        token = service.create_token(unit.connection, name, role, provider)
    if as_json:
        print_json({"name": name, "role": role, "provider": provider, "token": token})
    else:
        console.print(token, markup=False, soft_wrap=True)


@app.command("list")
def show(as_json: Json = False) -> None:
    """List the tokens, revoked ones included; the secrets themselves are not kept.

    Example: travelbuddy token list
    """
    with ready_database(), unit_of_work() as unit:
        found = service.tokens(unit.connection)
    if as_json:
        print_json({"tokens": [_for_json(each) for each in found]})
        return
    table = Table("Name", "Role", "Provider", "Made", "Last used", "Revoked")
    for each in found:
        times = (each.created_at, each.last_used_at, each.revoked_at)
        table.add_row(each.name, each.role, each.provider or "any", *map(_minute, times))
    console.print(table, markup=False)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="As `travelbuddy token list` shows it.")],
    as_json: Json = False,
) -> None:
    """Revoke a token: from now on it opens nothing.

    Example: travelbuddy token revoke "Lotus Tours"
    """
    with ready_database(), unit_of_work() as unit:
        service.revoke_token(unit.connection, name)
    if as_json:
        print_json({"revoked": name})
    else:
        console.print(f"Revoked {name}", markup=False)


def _for_json(token: Token) -> dict[str, str | None]:
    return {
        "name": token.name,
        "role": token.role,
        "provider": token.provider,
        "created_at": token.created_at.isoformat(),
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }


def _minute(time: dt.datetime | None) -> str:
    return f"{time.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if time else ""
