"""The mapping of a feed whose columns are called as our fields."""

from typing import Final

from ingestion.mapping.schemas import Mapping, TourFields

OWN_FORMATS: Final = frozenset({"jsonl", "json"})
"""Formats whose records, without a mapping, are tours in our own form, checked as they stand."""


def standard_mapping(provider: str) -> Mapping:
    """Return the mapping of a table with our names as its headings, and of the open standards."""
    fields = {name: name for name in TourFields.model_fields}
    return Mapping.model_validate({"provider": provider, "fields": fields})
