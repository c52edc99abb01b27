"""The handbook's mappings can be read, and it tells of every key there is."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.settings import ROOT
from ingestion.mapping import schemas
from ingestion.mapping.service import read_mapping
from ingestion.readers.registry import formats

PAGE = (ROOT / "docs" / "ingestion.md").read_text("utf-8")
MAPPINGS = sorted((ROOT / "docs" / "mappings").glob("*.yaml"))
SNIPPETS = [
    text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "provider:" in text
]


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_every_mapping_of_the_handbook_can_be_read(path: Path) -> None:
    mapping = read_mapping(path.read_text("utf-8"), path.name)
    assert mapping.provider.startswith("Example ")
    assert all(source.file for source in mapping.sources.values())


def test_there_is_a_mapping_for_each_shape_and_the_page_names_it() -> None:
    named = re.findall(r"\(mappings/([\w-]+\.yaml)\)", PAGE)
    assert sorted(named) == [path.name for path in MAPPINGS]
    kinds = {read_mapping(path.read_text("utf-8")).kind for path in MAPPINGS}
    assert kinds == {"tours", "accommodations"}


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_mappings_within_the_page_can_be_read(snippet: str) -> None:
    assert read_mapping(snippet).provider == "Blue Lagoon"


MODELS = [
    schemas.Mapping, schemas.Source, schemas.Limits, schemas.TourFields,
    schemas.AccommodationFields, schemas.FieldRule, schemas.PriceRule, schemas.DurationRule,
    schemas.PlacesRule, schemas.DatesRule, schemas.LinkRule, schemas.ScoreRule, schemas.SplitRule,
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_page_tells_of_every_key(model: type[BaseModel]) -> None:
    keys = {info.alias or name for name, info in model.model_fields.items()}
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


def test_the_page_tells_of_every_format() -> None:
    assert {name for name in formats() if f"`{name}`" not in PAGE} == set()
