"""Our templates, read from their files and judged by WhatsApp's rules before anybody sends one."""

import functools
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import ConfigurationError
from core.validation import faults
from whatsapp.templates.schemas import TemplateVariant

FALLBACK = "en"

_FOLDER = Path(__file__).parent / "files"
_SLOT = re.compile(r"\{(\w*)\}")
_TOO_WIDE = re.compile(r"[\r\n\t]| {5,}")
_TOO_MANY_LINES = re.compile(r"\n{3,}")
_LONGEST_BODY = 1_024


@functools.cache
def variants(folder: Path = _FOLDER) -> dict[tuple[str, str], TemplateVariant]:
    """Return every variant by name and language.

    Raises:
        ConfigurationError: a file breaks one of WhatsApp's rules; the message says which.
    """
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        for variant in _read(path):
            found[variant.name, variant.language] = variant
    return found


def _read(path: Path) -> list[TemplateVariant]:
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {key: written[key] for key in written if key != "languages"}
        read = [_variant(path.stem, shared, *each) for each in written["languages"].items()]
    except ValidationError as error:
        raise ConfigurationError(f"{path.name}: {faults(error)}") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {_line(error)}") from None
    for variant in read:
        if problem := _problem(variant):
            raise ConfigurationError(f"{path.name}, {variant.language}: {problem}")
    if FALLBACK not in {variant.language for variant in read}:
        raise ConfigurationError(
            f"{path.name}: a template needs English, which others fall back on"
        )
    return read


def _variant(
    name: str, shared: dict[str, Any], language: str, own: dict[str, Any]
) -> TemplateVariant:
    return TemplateVariant.model_validate({**shared, **own, "name": name, "language": language})


def _problem(variant: TemplateVariant) -> str | None:
    """Return which of WhatsApp's rules a template breaks; None where it keeps them all."""
    slots = _SLOT.findall(variant.body)
    if sorted(slots) != sorted(variant.variables):
        return "its body has to name each of its variables once"
    if _SLOT.match(variant.body) or re.search(r"\{\w*\}$", variant.body):
        return "its body starts or ends with a variable"
    if re.search(r"\}\s*\{", variant.body):
        return "two variables stand side by side"
    if _TOO_MANY_LINES.search(variant.body):
        return "its body has more than one blank line in a row"
    return _problem_of_samples(variant) or _problem_of_buttons(variant)


def _problem_of_samples(variant: TemplateVariant) -> str | None:
    if len(variant.samples) != len(variant.variables):
        return "each variable needs a sample"
    if any(not sample.strip() or _TOO_WIDE.search(sample) for sample in variant.samples):
        return "a sample is empty, has several lines, or a run of blanks"
    if len(variant.filled(variant.samples)) > _LONGEST_BODY:
        return f"its body holds {_LONGEST_BODY} characters, filled in"
    return None


def _problem_of_buttons(variant: TemplateVariant) -> str | None:
    for what in ("id", "label"):
        values = [getattr(button, what) for button in variant.buttons]
        if len(set(values)) < len(values):
            return f"two buttons have the same {what}"
    return None


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
