"""Commands about one traveller: what is stored, deleting it, roles, finding somebody."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.account.deletion import delete as delete_traveller
from api.account.export.rendering import written
from api.account.export.schemas import Format
from api.account.export.service import export as export_traveller
from api.account.staff import service as staff
from api.account.staff.schemas import Found
from api.sessions.schemas import UserRole
from cli.runtime import console, print_json, ready_database
from core.audit.service import Actor
from core.database import unit_of_work
from core.errors import InvalidInputError

app = typer.Typer(
    help="What is stored about a traveller, and who may do what.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
UserId = Annotated[
    int, typer.Argument(metavar="USER", min=1, max=2**63 - 1, help="The traveller's number.")
]


@app.command()
def export(
    user_id: UserId,
    form: Annotated[
        Format, typer.Option("--format", help="json for programs, html to read.")
    ] = Format.JSON,
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file, which must not exist yet.")
    ] = None,
) -> None:
    """Write everything that is stored about a traveller, in the clear; the audit trail notes it.

    Example: travelbuddy traveller export 12 --format html --out traveller-12.html
    """
    if out is not None and out.exists():
        raise InvalidInputError(f"{out} exists already")
    with ready_database(), unit_of_work() as unit:
        text = written(export_traveller(unit.connection, user_id, _operator(), form.value), form)
    if out is None:
        sys.stdout.write(f"{text}\n")
        return
    out.touch(mode=0o600)
    out.write_text(text, encoding="utf-8")
    console.print(f"Written to {out}; it is personal data", markup=False, soft_wrap=True)


@app.command()
def delete(
    user_id: UserId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a traveller with all that is stored about them. This cannot be undone.

    Example: travelbuddy traveller delete 12
    """
    if not yes and not typer.confirm(f"Delete traveller {user_id} for good?", err=True):
        raise InvalidInputError("nothing was deleted")
    with ready_database(), unit_of_work() as unit:
        at_once = delete_traveller(unit.connection, user_id, _operator())
    if as_json:
        print_json({"deleted": user_id, "at_once": at_once})
    elif at_once:
        console.print("Deleted")
    else:
        console.print("Deleted; the number goes when the channel has deleted its messages, too")


@app.command()
def role(
    user_id: UserId,
    role: Annotated[
        UserRole,
        typer.Argument(
            help="traveller; operator: talk with travellers; admin: that, and the audit trail."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Say what somebody with an account may do.

    Example: travelbuddy traveller role 12 operator
    """
    with ready_database(), unit_of_work() as unit:
        staff.set_role(unit.connection, user_id, role, _operator())
    if as_json:
        print_json({"user_id": user_id, "role": role.value})
    else:
        console.print(f"Traveller {user_id}: {role.value}", markup=False)


@app.command()
def find(
    phone: Annotated[str | None, typer.Option(help="A number in international form.")] = None,
    email: Annotated[str | None, typer.Option(help="An e-mail address.")] = None,
    as_json: Json = False,
) -> None:
    """Find a traveller's number by what they tell you; the audit trail notes it.

    Example: travelbuddy traveller find --phone +84901234567
    """
    if (phone is None) == (email is None):
        raise InvalidInputError("give either --phone or --email")
    with ready_database(), unit_of_work() as unit:
        if phone is not None:
            found = staff.by_phone(unit.connection, phone, _operator())
        else:
            found = staff.by_email(unit.connection, email or "", _operator())
    if as_json:
        print_json(_for_json(found))
        return
    leaving = ", asked to be forgotten" if found.leaving_since else ""
    since = f"since {found.created_at:%Y-%m-%d}"
    console.print(f"Traveller {found.user_id}: {found.role}, {since}{leaving}", markup=False)


def _for_json(found: Found) -> dict[str, str | int | None]:
    return {
        "user_id": found.user_id,
        "role": found.role,
        "language": found.language,
        "created_at": found.created_at.isoformat(),
        "leaving_since": found.leaving_since.isoformat() if found.leaving_since else None,
    }


def _operator() -> Actor:
    """Return whoever sits at this terminal as the audit trail names them."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        account = "unknown"
    return Actor("admin", f"terminal:{account}")
