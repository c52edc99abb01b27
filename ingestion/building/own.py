"""Tours that are in our own form already, and need no mapping."""

from collections.abc import Sequence

from pydantic import ValidationError

from core.text import tidy
from core.validation import faults
from ingestion.building.port import Built, Remarks
from ingestion.building.quality import remark_on
from ingestion.mapping.service import fingerprint, rejected, source_hash
from ingestion.schemas import Draft, Record, Reject
from recommender.encoding import read_package
from recommender.schemas import Package

_WHOLE = "record"


class OwnTours:
    """Takes records that name our fields, each checked as it stands.

    Args:
        provider: whose tours they are, where a record does not say.
        only: set records aside that name another: who sent them may speak for this one alone.
    """

    def __init__(self, provider: str, *, only: bool = False) -> None:
        self._provider, self._only = provider, only
        self._version = fingerprint(None)

    def draft(self, record: Record) -> Draft | Reject:
        """Return the record as it is, or the reason why it is no tour."""
        values = record.values
        key = values.get("id")
        if isinstance(key, bool) or not isinstance(key, str | int) or not tidy(str(key)):
            return self._checked(record)
        digest = source_hash(values, self._version)
        draft = Draft(
            record.number, record.source, tidy(str(key)), {_WHOLE: [dict(values)]}, digest
        )
        if self._only and self.provider(draft) != self._provider:
            return rejected(record, f"provider: this is a feed of {self._provider} alone")
        return draft

    def _checked(self, record: Record) -> Reject:
        """Say what is wrong with a record without an id, which may be more than that."""
        try:
            Package.model_validate(record.values)
        except ValidationError as error:
            return rejected(record, faults(error, whole="not a JSON object"))
        raise AssertionError("a tour without an id is no tour")

    def provider(self, draft: Draft) -> str:
        """Return whose tour it is."""
        named = draft.values[_WHOLE][0].get("provider")
        return (tidy(named) if isinstance(named, str) else "") or self._provider

    def build(self, drafts: Sequence[Draft]) -> list[Built | Reject]:
        """Return the tours, in order."""
        return [self._build(each) for each in drafts]

    def _build(self, draft: Draft) -> Built | Reject:
        values = draft.values[_WHOLE][0]
        try:
            package = Package.model_validate(values)
        except ValidationError as error:
            record = Record(draft.line, values, draft.source)
            return rejected(record, faults(error, whole="not a JSON object"))
        provider = self.provider(draft)
        remarks = Remarks()
        remark_on(package, remarks)
        item = package.model_copy(update={"provider": provider})
        return Built(provider, draft, item, tuple(remarks.found), read_package(item))
