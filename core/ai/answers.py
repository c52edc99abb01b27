"""The form in which a model is to answer, and the JSON in what it said."""

import re
from typing import Any

from pydantic import BaseModel

_THINKING = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_MAX_NAME = 64


def response_format(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the request's ``response_format`` for answers of this form."""
    name = re.sub(r"\W", "_", schema.__name__)[:_MAX_NAME]
    return {
        "type": "json_schema",
        "json_schema": {
            "name": name,
            "strict": True,
            "schema": _strict(schema.model_json_schema()),
        },
    }


def json_in(words: str) -> str:
    """Return the JSON object in what a model said: some think aloud, or put it in a code block."""
    words = _THINKING.sub("", words)
    first, last = words.find("{"), words.rfind("}")
    return words[first : last + 1] if 0 <= first < last else words


def _strict(part: Any) -> Any:
    """Return a JSON schema with every object closed and every field required.

    Servers that guarantee the form ask for this; a field with a default becomes one that the
    model has to fill in.
    """
    if isinstance(part, list):
        return [_strict(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _strict(value) for key, value in part.items() if key != "default"}
    if closed.get("type") == "object" and "properties" in closed:
        closed |= {"additionalProperties": False, "required": list(closed["properties"])}
    return closed
