import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.normalising.links import read_link


@pytest.mark.parametrize(
    ("value", "base", "link"),
    [
        ("https://example.com/tours/1?utm_source=x#top", None, "https://example.com/tours/1?utm_source=x#top"),
        (" HTTPS://Example.com/A b ", None, "https://example.com/A%20b"),
        ("http://example.com:8080/a%20b", None, "http://example.com:8080/a%20b"),
        ("//cdn.example.com/a.jpg", None, "https://cdn.example.com/a.jpg"),
        ("www.example.com/tour", None, "https://www.example.com/tour"),
        ("example.vn/tour", None, "https://example.vn/tour"),
        ("/tour/hà-nội", "https://example.vn/list/", "https://example.vn/tour/h%C3%A0-n%E1%BB%99i"),
        ("../img/1.jpg", "https://example.vn/a/b/c", "https://example.vn/a/img/1.jpg"),
        ("https://du-lịch.example.vn/", None, "https://du-lịch.example.vn/"),
        ("http://203.0.113.9/x", None, "http://203.0.113.9/x"),
    ],
)  # fmt: skip
def test_links_become_absolute(value: str, base: str | None, link: str) -> None:
    assert read_link(value, base) == link


@pytest.mark.parametrize("value", [None, "", "  ", "N/A", "null", "-", "#"])
def test_no_link_is_none(value: object) -> None:
    assert read_link(value, "https://example.com/") is None


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)", "java\nscript:alert(1)", " \x01javascript:alert(1)",
        "data:text/html,x", "file:///etc/passwd", "ftp://example.com/", "mailto:a@example.com",
        "tel:+8490", "http://user:secret@example.com/", "https://example.com\\@evil.example/",
        "http://localhost/admin", "https://", "http:///x", "http://[::1", "https://a..b/",
        "https://-bad-.com/", "https://exa mple.com/", "https://example.com:99999/",
        "https://example.com/" + "x" * 3_000, 5, True, ["a"],
    ],
)  # fmt: skip
def test_what_a_traveller_could_not_open_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_link(value)


def test_a_relative_link_without_a_base_is_refused() -> None:
    with pytest.raises(ValueError, match="no complete web address"):
        read_link("/tour/1")


@given(st.text(max_size=80), st.sampled_from([None, "https://example.com/a/"]))
def test_no_text_raises_anything_but_a_reason(text: str, base: str | None) -> None:
    link = None
    with contextlib.suppress(ValueError):
        link = read_link(text, base)
    assert link is None or link.startswith(("http://", "https://"))
    assert link is None or not any(map(str.isspace, link))
