"""An export as one page that is read without us: nothing in it is fetched from anywhere."""

import functools
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.account.export.schemas import Export, Format
from api.account.rendering import ROOM, moment
from api.pages.rendering import say_for

_TEMPLATES = Path(__file__).parent.parent.parent / "pages" / "templates"


def written(export: Export, form: Format) -> str:
    """Return an export as text in the form that was asked for."""
    if form is Format.JSON:
        return json.dumps(export.document(), ensure_ascii=False, indent=2)
    return (
        _environment()
        .get_template(f"{ROOM}/document.html")
        .render(
            export=export,
            language=export.language,
            say=say_for(ROOM, export.language),
            made_at=moment(export.made_at, export.language),
            words=_words,
        )
    )


def _words(value: Any) -> str:
    """Return a stored value for a reader."""
    if value is None:
        return "–"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=2)
    return str(value)


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
