"""Feeds that are sent to us: written to disk as they come, and kept until their run is over."""

import json
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool

from core.errors import InvalidInputError, RetryLaterError
from core.settings import settings
from core.validation import faults
from ingestion.forms import FormReader, TooLargeError
from ingestion.mapping.service import LONGEST_MAPPING

_FORM = b"multipart/form-data"
_JSON = b"application/json"
_LARGEST_ORDER = 8 * LONGEST_MAPPING  # a letter of JSON can take many bytes


class UnsupportedTypeError(InvalidInputError):
    """Send a form, or a JSON object."""

    http_status = 415


class Order(BaseModel):
    """What is asked for along with a feed, or in place of one.

    Attributes:
        mapping: how the feed's columns become our fields, as YAML; the provider's own by default.
        full: whether the feed is complete, so that tours missing from it are retired.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mapping: str | None = Field(None, max_length=LONGEST_MAPPING)
    full: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """What came with a request.

    Attributes:
        folder: where the feed's files lie; None where the provider's own address is to be read.
        order: what is to be done with it.
    """

    folder: Path | None
    order: Order


def uploads_folder() -> Path:
    """Return the folder with a folder for each upload; the service and the workers share it."""
    return settings().state_dir.resolve() / "feeds"


async def save_upload(content_type: str, stream: AsyncIterator[bytes]) -> Upload:
    """Take a request's body in as it comes, without ever holding much of it in memory.

    Args:
        content_type: the header: ``multipart/form-data`` with one part ``file`` or several, and
            the parts ``mapping`` and ``full`` where wanted; or ``application/json`` with an
            `Order`, where the provider's own address is to be read.
        stream: the body.

    Raises:
        InvalidInputError: it is neither, incomplete, or too large; nothing is left of it.
        RetryLaterError: it cannot be stored now; nothing is left of it.
    """
    kind, options = parse_options_header(content_type)
    if kind == _JSON:
        return Upload(None, _order(await _small_body(stream)))
    if kind != _FORM or not options.get(b"boundary"):
        raise UnsupportedTypeError("send multipart/form-data with a part `file`, or JSON")
    folder = uploads_folder() / uuid.uuid4().hex
    reader = FormReader(options[b"boundary"], folder, settings().feed_max_bytes)
    try:
        _make(folder)
        async for chunk in stream:
            await run_in_threadpool(reader.feed, chunk)
        return Upload(folder, _order_of_fields(reader.finish()))
    except BaseException:
        reader.close()
        discard(folder)
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise RetryLaterError(f"the feed cannot be stored now: {error.strerror}") from None


async def _small_body(stream: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) > _LARGEST_ORDER:
            raise TooLargeError(f"JSON of at most {_LARGEST_ORDER:,} bytes is expected")
    return bytes(body)


def _order(body: bytes) -> Order:
    try:
        return Order.model_validate_json(body)
    except ValidationError as error:
        raise InvalidInputError(faults(error, whole="the body")) from None


def _order_of_fields(fields: dict[str, str]) -> Order:
    values: dict[str, object] = dict(fields)
    if "full" in fields:
        values["full"] = {"true": True, "false": False}.get(fields["full"].strip().lower(), "")
    return _order(json.dumps(values).encode())


def discard(folder: Path | None) -> None:
    """Delete an upload, or what is left of it."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def discard_old(older_than_s: float, keep: Collection[Path] = ()) -> int:
    """Delete the uploads that a crash left behind.

    Args:
        older_than_s: seconds since the last file was added, by which a run is surely over.
        keep: folders that are still needed, however old they are.

    Returns:
        How many were deleted.
    """
    before = time.time() - older_than_s
    kept = {path.resolve() for path in keep}
    folders = uploads_folder().glob("*/")
    old = [each for each in folders if each not in kept and each.stat().st_mtime < before]
    for each in old:
        discard(each)
    return len(old)
