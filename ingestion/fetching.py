"""Getting a feed's files: where they lie already, or from the addresses that it names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import InvalidInputError
from core.settings import settings
from core.web import Fetched, Limits, NotModified, fetch
from ingestion.feeds import SourceFiles, locate, matching
from ingestion.mapping.schemas import MAIN, Source
from ingestion.mapping.schemas import Mapping as FeedMapping

_WEB = re.compile(r"https?://", re.IGNORECASE)
_TAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 100


@dataclass(slots=True)
class Obtained:
    """A feed's files.

    Attributes:
        sources: the files of each source; empty where nothing has changed since the last time.
        versions: what each address said of its version, for the next time.
    """

    sources: list[SourceFiles]
    versions: dict[str, dict[str, str | None]] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        """Whether all is as it was the last time."""
        return not self.sources


def is_address(location: str) -> bool:
    """Tell whether a feed is to be fetched."""
    return _WEB.match(location) is not None


def names_addresses(mapping: FeedMapping) -> bool:
    """Tell whether a mapping has files fetched."""
    return any(map(is_address, _files(mapping.sources)))


def obtain(
    location: str, mapping: FeedMapping | None, into: Path, versions: Mapping[str, Any]
) -> Obtained:
    """Find or fetch the files of a feed.

    Args:
        location: a file, a folder or an address.
        mapping: the provider's.
        into: a folder for what is fetched.
        versions: what the addresses said the last time; empty to fetch all of them anyway.

    Raises:
        InvalidInputError: there is no such file, or the address is not to be had.
        RetryLaterError: a server is busy or out of reach.
    """
    named = mapping.sources if mapping else {MAIN: Source()}
    if not is_address(location) and not any(map(is_address, _files(named))):
        return Obtained(locate(Path(location), mapping))
    if len(named) == 1 and not any(_files(named)):
        named = {name: source.model_copy(update={"file": [location]})
                 for name, source in named.items()}  # fmt: skip
    fetched = _Fetching(into, versions)
    return fetched.all(named, Path(location))


def _files(sources: Mapping[str, Source]) -> Iterator[str]:
    for source in sources.values():
        yield from source.file


class _Fetching:
    """Fetches all sources; what has not changed is fetched only if something else has."""

    def __init__(self, into: Path, versions: Mapping[str, Any]) -> None:
        self._into, self._before = into, versions
        self._versions: dict[str, dict[str, str | None]] = {}
        self._limits = Limits(largest=settings().feed_max_bytes)

    def all(self, sources: Mapping[str, Source], base: Path) -> Obtained:
        named = list(_files(sources))
        files = {each: self._fetch(each, conditional=True) for each in named if is_address(each)}
        if files and len(files) == len(set(named)) and not any(files.values()):
            return Obtained([], dict(self._before))
        for url in [each for each, file in files.items() if file is None]:
            files[url] = self._fetch(url, conditional=False)
        return Obtained(
            [self._files_of(name, source, base, files) for name, source in sources.items()],
            self._versions,
        )

    def _fetch(self, url: str, *, conditional: bool) -> Path | None:
        """Return the file that was fetched; None where it is what was fetched before."""
        before = self._before.get(url, {}) if conditional else {}
        folder = self._into / str(len(list(self._into.iterdir())))
        folder.mkdir()
        answer = fetch(
            url,
            folder / "body",
            etag=before.get("etag"),
            last_modified=before.get("last_modified"),
            limits=self._limits,
        )
        if isinstance(answer, NotModified):
            return None
        self._versions[url] = {"etag": answer.etag, "last_modified": answer.last_modified}
        return answer.path.rename(folder / _name(answer))

    def _files_of(
        self, name: str, source: Source, base: Path, files: Mapping[str, Path | None]
    ) -> SourceFiles:
        if not source.file:
            raise InvalidInputError(f"sources.{name}: name its file or address in the mapping")
        found: list[Path] = []
        for each in source.file:
            if (fetched := files.get(each)) is not None:
                found.append(fetched)
            else:
                found += matching(base, name, source.model_copy(update={"file": [each]}))
        return SourceFiles(name, source, tuple(found))


def _name(answer: Fetched) -> str:
    """Return a file name that tells the format as well as the server does, and no more."""
    said = answer.filename or Path(urlsplit(answer.url).path).name
    name = _TAME.sub("_", said)[-_LONGEST_NAME:].strip(".")
    suffix = _SUFFIXES.get((answer.content_type or "").partition(";")[0].strip().lower(), "")
    return name if "." in name else f"{name or 'feed'}{suffix}"


_SUFFIXES = {
    "text/csv": ".csv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/ld+json": ".jsonld",
    "text/html": ".html",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.sqlite3": ".sqlite",
}
"""Where an address has no suffix, what the server calls it decides."""
