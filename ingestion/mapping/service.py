"""Reading mapping files, and making drafts of a feed's records by them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping as Values
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.constructor import ConstructorError

from core.errors import InvalidInputError
from core.text import tidy
from core.validation import faults
from ingestion.mapping.paths import as_key, follow, plain, select
from ingestion.mapping.schemas import DurationRule, Mapping, PlacesRule
from ingestion.schemas import Draft, Record, Reject

PIPELINE_VERSION = "1"
"""Raise it when the same record is read otherwise: every record is then looked at again."""
LONGEST_MAPPING = 100_000
"""Characters."""
_LONGEST_KEY = 300
_LONGEST_FAULT = 500
_TOO_CLEVER = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
_KEPT_OF_A_REJECT = 2_000


class _Loader(yaml.SafeLoader):
    """YAML as people write it.

    `on`, `no` and dates stay words, as in YAML 1.2 (`on` is one of our keys, and "no" a language),
    and there are no references, by which a small file can unfold into a huge one.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - as its base class has it
        letter: [each for each in resolvers if each[0] not in _TOO_CLEVER]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise InvalidInputError("a mapping has no use for YAML aliases (*name)")
        return super().compose_node(parent, index)

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
            # "!!int abc", or a number of more digits than Python reads: PyYAML lets those through.
            raise ConstructorError(
                None, None, "a value that cannot be read", node.start_mark
            ) from None

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML's
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for name, count in Counter(names).items():
            if count > 1:  # the last one would silently win
                raise ConstructorError(None, None, f"{name!r} stands there twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))


def read_mapping(text: str, name: str = "the mapping") -> Mapping:
    """Return the mapping that a YAML text holds.

    Args:
        text: the file's content.
        name: what errors call it.

    Raises:
        InvalidInputError: it is not YAML, or not a mapping; the line says what is wrong where.
    """
    if len(text) > LONGEST_MAPPING:
        raise InvalidInputError(f"{name} is longer than {LONGEST_MAPPING:,} characters")
    try:
        return Mapping.model_validate(yaml.load(text, _Loader))  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise InvalidInputError(f"{name} is not YAML: {_where(error)}") from None
    except ValidationError as error:
        raise InvalidInputError(f"{name}: {faults(error)[:_LONGEST_FAULT]}") from None
    except RecursionError:
        raise InvalidInputError(f"{name} is nested too deeply") from None


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"{problem} (line {mark.line + 1})" if mark else str(problem)


def fingerprint(mapping: Mapping | None) -> str:
    """Return what changes whenever a mapping, or what we make of the same record, changes.

    When and from where a feed is taken in changes nothing in what is made of it.
    """
    told = (
        mapping.model_dump_json(exclude={"schedule", "location", "limits", "complete"})
        if mapping
        else ""
    )
    return hashlib.sha256(f"{PIPELINE_VERSION}\n{told}".encode()).hexdigest()


def key_of(values: Values[str, Any], mapping: Mapping) -> str:
    """Return the operator's id of a record; empty where it has none.

    Of a record made of several, ids that differ only in how they are written count once.
    """
    parts = dict.fromkeys(map(as_key, select(values, mapping.fields.id)))
    return tidy("-".join(part for part in parts if part))


def draft(record: Record, mapping: Mapping, version: str) -> Draft | Reject:
    """Take from a record, joined with all that belongs to it, what its mapping names.

    Args:
        record: the values of the first source, and under their names those of the others.
        mapping: the provider's.
        version: the mapping's `fingerprint`.
    """
    key = key_of(record.values, mapping)
    if not key:
        return without_id(record, mapping)
    if len(key) > _LONGEST_KEY:
        return rejected(record, f"the id has more than {_LONGEST_KEY} characters")
    values = {name: select(record.values, rule) for name, rule in mapping.rules().items()}
    values |= _further(record.values, mapping)
    digest = source_hash({"id": [key], **values}, version)
    return Draft(record.number, record.source, key, values, digest)


def without_id(record: Record, mapping: Mapping) -> Reject:
    """Set a record aside that has no id."""
    return rejected(record, f"no id: {' and '.join(mapping.fields.id.inputs())} is blank")


def _further(record: Values[str, Any], mapping: Mapping) -> dict[str, list[Any]]:
    """Return what rules take besides their own values: dates, places to leave out, long texts."""
    found: dict[str, list[Any]] = {}
    for name, rule in mapping.rules().items():
        if isinstance(rule, DurationRule) and rule.start and rule.end:
            found[f"{name}.start"] = follow(record, rule.start)[:1]
            found[f"{name}.end"] = follow(record, rule.end)[:1]
        if isinstance(rule, PlacesRule) and rule.without:
            found[f"{name}.without"] = [
                each for path in rule.without for each in follow(record, path)
            ]
    for number, split in enumerate(mapping.split):
        found[f"split.{number}"] = select(record, split)
    return found


def source_hash(values: Values[str, Any], version: str) -> bytes:
    """Return the hash of a record's values together with what is made of them."""
    content = json.dumps(values, default=plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{version}\n{content}".encode("utf-8", "replace")).digest()


def rejected(record: Record, reason: str) -> Reject:
    """Set a record aside, with the beginning of what it holds."""
    content = json.dumps(dict(record.values), default=plain, ensure_ascii=False)
    said = tidy(reason)[:_LONGEST_FAULT]  # it may name a key of the record's own
    return Reject(record.number, said, tidy(content)[:_KEPT_OF_A_REJECT], record.source)
