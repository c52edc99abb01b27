"""Uploads: what reaches the disk, under which name, and what is left of a bad one."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError, RetryLaterError
from core.settings import settings
from ingestion.forms import FormReader, TooLargeError, safe_name
from ingestion.uploads import (
    Order,
    UnsupportedTypeError,
    Upload,
    discard,
    discard_old,
    save_upload,
    uploads_folder,
)

FORM = "multipart/form-data; boundary=B"


@pytest.fixture(autouse=True)
def _own_folder(configured: pytest.MonkeyPatch) -> None:
    """Every test has a state folder of its own."""


def part(name: str, content: bytes | str, filename: str | None = None) -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'--B\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    body = content.encode() if isinstance(content, str) else content
    return head.encode() + body + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--B--\r\n"


def save(body: bytes, content_type: str = FORM, step: int = 1_000) -> Upload:
    """Save *body* as it would come over a network, *step* bytes at a time."""

    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    return asyncio.run(save_upload(content_type, stream()))


def refused(body: bytes, content_type: str = FORM) -> str:
    with pytest.raises(InvalidInputError) as caught:
        save(body, content_type)
    assert left() == []
    assert len(caught.value.message.splitlines()) == 1
    return caught.value.message


def left() -> list[Path]:
    return list(uploads_folder().glob("*"))


def files_of(upload: Upload) -> dict[str, bytes]:
    assert upload.folder is not None
    return {path.name: path.read_bytes() for path in upload.folder.iterdir()}


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_files_and_fields_arrive_however_they_are_cut(step: int) -> None:
    content = b"id\r\n-\r\n--\x00\xff\r\n--A\r\n\r\n--" * 20
    body = form(
        part("mapping", "fields: {id: mã}"), part("file", content, "tours.csv"),
        part("file", b"", "extra.jsonl"), part("full", " True "),
    )  # fmt: skip
    upload = save(body, step=step)
    assert files_of(upload) == {"tours.csv": content, "extra.jsonl": b""}
    assert upload.order == Order(mapping="fields: {id: mã}", full=True)


def test_a_mapping_may_come_as_a_file() -> None:
    body = form(part("file", "x", "a.csv"), part("mapping", b"\xef\xbb\xbffields: {}", "map.yaml"))
    assert save(body).order == Order(mapping="fields: {}", full=False)


def test_nobody_else_on_the_machine_reads_an_upload() -> None:
    upload = save(form(part("file", "x", "a.csv")))
    assert upload.folder is not None
    assert upload.folder.stat().st_mode & 0o077 == 0


def test_json_asks_for_the_address_that_is_known() -> None:
    assert save(b'{"full": true}', "application/json; charset=utf-8") == Upload(
        None, Order(full=True)
    )
    assert left() == []


@pytest.mark.parametrize(
    ("filename", "kept"),
    [
        ("tours.csv", "tours.csv"), ("../../etc/passwd", "passwd"), ("C:\\feeds\\a.xlsx", "a.xlsx"),
        ("/abs/a.csv", "a.csv"), ("..", "feed"), ("", "feed"), (".bashrc", "bashrc"),
        ("a\0b\x1b[0m.csv", "ab[0m.csv"), ("x" * 500 + ".csv", "x" * 60 + ".csv"),
        ("Tour Hạ Long.csv", "Tour Hạ Long.csv"), ("dir/", "feed"),
    ],
)  # fmt: skip
def test_a_file_keeps_its_name_but_not_its_folder(filename: str, kept: str) -> None:
    assert safe_name(filename) == kept


@given(st.text())
def test_every_name_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe not in {"", ".", ".."}
    assert "/" not in safe
    assert "\0" not in safe
    assert len(os.fsencode(safe)) <= 300
    assert Path(safe).name == safe


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], "no part `file`"),
        ([part("mapping", "x")], "no part `file`"),
        ([part("file", "x", "a.csv"), part("file", "y", "b/a.csv")], "two files are called a.csv"),
        ([part("file", "x", "a.csv"), part("fulll", "true")], "'fulll' is not known"),
        ([part("full", "true"), part("full", "true")], "'full' is twice"),
        ([part("file", "x", "a.csv"), part("full", "maybe")], "full: "),
        ([part("file", "x", "a.csv"), part("mapping", b"\xff")], "UTF-8"),
        ([part("file", "x", "a.csv"), part("mapping", "x" * 100_001)], "mapping: "),
        ([part("file", "x", f"{number}.csv") for number in range(51)], "at most 50 files"),
        ([b"--B\r\n\r\nno header\r\n"], "'' is not known"),
        ([b"--B\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"], "the form is broken"),
    ],
)
def test_a_form_that_is_not_as_expected_leaves_nothing(parts: Iterable[bytes], said: str) -> None:
    assert said in refused(form(*parts))


@pytest.mark.parametrize("body", [b"", b"nonsense", part("file", "x", "a.csv"), b"--B", b"--B\r\n"])
def test_a_form_that_breaks_off_leaves_nothing(body: bytes) -> None:
    assert refused(body) in {"the form broke off", "the form is broken"}


def test_a_field_without_end_is_cut_off() -> None:
    assert "field of at most" in refused(form(part("mapping", "x" * 500_000)))


def test_a_feed_that_is_too_large_leaves_nothing(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("FEED_MAX_BYTES", "5000")
    settings.cache_clear()
    with pytest.raises(TooLargeError, match="at most 5,000 bytes"):
        save(form(part("file", "x" * 6_000, "a.csv")))
    with pytest.raises(TooLargeError):  # the end of a form is not the end of the body
        save(form(part("file", "x", "a.csv")) + b"x" * 6_000)
    assert left() == []


@pytest.mark.parametrize(
    "content_type",
    ["", "text/csv", "multipart/form-data", "multipart/mixed; boundary=B", "nonsense;;=", "é"],
)
def test_another_type_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedTypeError):
        save(form(part("file", "x", "a.csv")), content_type)
    assert left() == []


def test_a_boundary_that_is_too_long_is_refused() -> None:
    refused(b"", f"multipart/form-data; boundary={'B' * 1_000}")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"url": "http://a"}', b'{"full": "x"}', b"[" * 100_000, b"\xff"]
)
def test_json_that_is_not_as_expected_is_refused(body: bytes) -> None:
    refused(body, "application/json")


def test_json_without_end_is_cut_off() -> None:
    with pytest.raises(TooLargeError):
        save(b" " * 1_000_000, "application/json")


def test_a_folder_that_cannot_be_written_to_is_a_matter_of_time(tmp_path: Path) -> None:
    reader = FormReader(b"B", tmp_path / "gone", 1_000)
    with pytest.raises(RetryLaterError, match="cannot be stored now: No such file"):
        reader.feed(form(part("file", "x", "a.csv")))


def test_a_state_folder_that_cannot_be_made_is_a_matter_of_time(
    tmp_path: Path, configured: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    configured.setenv("STATE_DIR", str(tmp_path / "file"))
    settings.cache_clear()
    with pytest.raises(RetryLaterError, match="cannot be stored now: Not a directory"):
        save(form(part("file", "x", "a.csv")))


def test_what_a_crash_left_behind_goes_but_nothing_that_is_needed() -> None:
    saved = [save(form(part("file", "x", "a.csv"))).folder for _ in range(3)]
    old, needed, new = [folder for folder in saved if folder is not None]
    for folder in (old, needed):
        os.utime(folder, (time.time() - 1_000, time.time() - 1_000))
    assert discard_old(500, keep=[needed]) == 1
    assert set(left()) == {needed, new}
    discard(new)
    assert left() == [needed]


def test_there_may_be_no_uploads_at_all() -> None:
    assert discard_old(0) == 0
