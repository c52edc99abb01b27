"""Commands about dead letters: messages of either direction that were given up."""

import datetime as dt
from typing import Annotated

import typer
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from core.database import unit_of_work
from whatsapp.letters import service
from whatsapp.letters.schemas import Letter, LetterId

app = typer.Typer(
    help="Look at messages that were given up, and try them again.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
ShowText = Annotated[
    bool, typer.Option("--show-text", help="Print what they say, which is personal.")
]
Ids = Annotated[list[str], typer.Argument(help="As `travelbuddy letters list` shows them.")]


@app.command("list")
def show_all(
    limit: Annotated[int, typer.Option(min=1, max=service.MOST_LISTED, help="Most lines.")] = 100,
    show_text: ShowText = False,
    as_json: Json = False,
) -> None:
    """List the letters, the newest failure first.

    Example: travelbuddy letters list
    """
    with ready_database(), unit_of_work() as unit:
        found = service.letters(unit.connection, limit, show_text=show_text)
    if as_json:
        print_json({"letters": [each.for_json() for each in found]})
        return
    table = Table("Letter", "Given up", "Why", "Tries", "Traveller", *(["Text"] * show_text))
    for each in found:
        text = [(each.text or "").replace("\n", " ")] if show_text else []
        table.add_row(
            str(each.id), _minute(each.failed_at), each.reason, str(each.attempts),
            str(each.user_id), *text,
        )  # fmt: skip
    console.print(table, markup=False)


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="As `travelbuddy letters list` shows it.")],
    show_text: ShowText = False,
    as_json: Json = False,
) -> None:
    """Show one letter.

    Example: travelbuddy letters show out-17 --show-text
    """
    with ready_database(), unit_of_work() as unit:
        found = service.letter(unit.connection, LetterId.parse(letter), show_text=show_text)
    if as_json:
        print_json(found.for_json())
    else:
        console.print(_in_words(found), markup=False, soft_wrap=True)


@app.command()
def replay(letters: Ids, as_json: Json = False) -> None:
    """Send letters again, or answer them; a second time does nothing.

    Example: travelbuddy letters replay out-17 in-4
    """
    from whatsapp import tasks  # with Twilio and Celery: half a second

    ids = [LetterId.parse(each) for each in letters]
    with ready_database(), unit_of_work() as unit:
        done = service.replay(unit, ids, lambda who: tasks.answer.delay([who]), tasks.deliver.delay)
    _tell("Replayed", "replayed", done, as_json)


@app.command()
def drop(letters: Ids, as_json: Json = False) -> None:
    """Take letters off the list; they stay in the history.

    Example: travelbuddy letters drop out-17
    """
    ids = [LetterId.parse(each) for each in letters]
    with ready_database(), unit_of_work() as unit:
        done = service.drop(unit.connection, ids)
    _tell("Dropped", "dropped", done, as_json)


def _tell(word: str, key: str, done: list[LetterId], as_json: bool) -> None:
    names = [str(each) for each in done]
    if as_json:
        print_json({key: names})
    elif names:
        console.print(f"{word} {', '.join(names)}", markup=False)
    else:
        console.print("None of them is a dead letter any more")


def _in_words(letter: Letter) -> str:
    what = (
        f"{letter.id}, traveller {letter.user_id}\n"
        f"made {_minute(letter.created_at)}, given up {_minute(letter.failed_at)} UTC "
        f"after {letter.attempts} tries: {letter.reason}"
    )
    return f"{what}\n{letter.text}" if letter.text else what


def _minute(time: dt.datetime) -> str:
    return f"{time.astimezone(dt.UTC):%Y-%m-%d %H:%M}"
