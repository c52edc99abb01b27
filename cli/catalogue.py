"""Commands about tours and wishes: recommend, understand."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from cli.runtime import console, print_json, ready_database
from conversation.understanding.evaluation import score
from conversation.understanding.evaluation import table as score_table
from conversation.understanding.service import understand as understand_text
from core.database import unit_of_work
from core.errors import InvalidInputError
from core.validation import faults
from recommender import service as recommender
from recommender.schemas import Criterion, Interests, Recommendation

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def recommend(
    interests: Annotated[
        str | None, typer.Option(help='Interests as JSON, e.g. \'{"locations": ["Sapa"]}\'.')
    ] = None,
    text: Annotated[str | None, typer.Option(help="A wish in plain words.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many tours.")] = 10,
    ranker: Annotated[str, typer.Option(help="standard, literal or bm25.")] = recommender.STANDARD,
    language: Annotated[str, typer.Option(help="Language of the reasons: en or vi.")] = "en",
    as_json: Json = False,
) -> None:
    """Rank the catalogue for a wish and show what each score is made of.

    Example: travelbuddy recommend --text "5 days in Sapa under 400 USD, vegetarian food"
    """
    wish = _parse_interests(interests) if interests is not None else _understood(text)
    with ready_database(), unit_of_work() as unit:
        found = recommender.recommend(
            unit.connection, wish, limit=limit, ranker=ranker, language=language
        )
    if not found:
        raise InvalidInputError("the catalogue is empty; take one in with `travelbuddy ingest`")
    if as_json:
        print_json({"recommendations": [_for_json(each) for each in found]})
    else:
        _print_recommendations(found)


def _understood(text: str | None) -> Interests:
    if not text or not text.strip():
        raise InvalidInputError("say what is wished with --text \"…\" or --interests '{…}'")
    return understand_text(text).interests


def _parse_interests(text: str) -> Interests:
    try:
        return Interests.model_validate_json(text)
    except ValidationError as error:
        raise InvalidInputError(f"--interests: {faults(error)}") from None


def _for_json(each: Recommendation) -> dict[str, object]:
    return {
        "id": each.package.id,
        "provider": each.provider,
        "title": each.package.title,
        "score": round(each.score, 6),
        "parts": {key.value: part.model_dump() for key, part in each.parts.items()},
        "reason": each.reason,
        "url": each.package.url,
    }


def _print_recommendations(found: list[Recommendation]) -> None:
    shown = [key for key in Criterion if any(key in each.parts for each in found)]
    table = Table(show_lines=True)
    table.add_column("#", justify="right")
    table.add_column("Tour", ratio=3)
    table.add_column("Score", justify="right")
    for key in shown:
        weight = next(each.parts[key].weight for each in found if key in each.parts)
        table.add_column(f"{key.value.replace('_', ' ')}\n× {weight:.3f}", justify="right")
    for rank, each in enumerate(found, 1):
        similarities = [f"{each.parts[key].similarity:.2f}" for key in shown if key in each.parts]
        title = f"{each.package.title}\n{each.reason}"
        table.add_row(str(rank), title, f"{each.score:.3f}", *similarities)
    console.print(table)


def understand(
    text: Annotated[str | None, typer.Option(help="What a traveller wrote.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with a text a line.")] = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(help="A file of labelled messages to measure on; may be given again."),
    ] = None,
    misses: Annotated[bool, typer.Option(help="With --labelled: list what was missed.")] = False,
    as_json: Json = False,
) -> None:
    """Show what is understood of a traveller's words, without any language model.

    Example: travelbuddy understand --text "5 ngày ở Sa Pa dưới 10 triệu" --json
    """
    if sum(map(bool, (text is not None, file is not None, labelled))) != 1:
        raise InvalidInputError("give either --text or --file, or --labelled")
    if labelled:
        _measure(labelled, as_json=as_json, misses=misses)
        return
    for line in [text] if text is not None else _lines(file):
        understood = understand_text(line)
        answer = {
            "intent": understood.intent.value,
            "language": understood.language,
            "interests": understood.interests.model_dump(mode="json", exclude_defaults=True),
        }
        # With --file one object a line; alone, and for people, laid out.
        console.out(json.dumps(answer, ensure_ascii=False, indent=None if as_json else 2))


def _measure(files: list[Path], *, as_json: bool, misses: bool) -> None:
    measured = [(file, score(file)) for file in files]
    if as_json:
        print_json({str(file): scores.for_json() for file, scores in measured})
        return
    console.out(score_table((file.stem, scores) for file, scores in measured))
    if misses:
        for _, scores in measured:
            console.out("\n".join(scores.misses))


def _lines(file: Path | None) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
