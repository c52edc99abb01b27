"""What nobody should type, in every field of every form, where it is shown again as well."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI

from api.app import create_app
from tests.api.people import Person
from tests.api.support import fresh_keys

PAGES = (
    "/",
    "/onboarding/places",
    "/onboarding/time",
    "/onboarding/budget",
    "/onboarding/transport",
    "/onboarding/food",
    "/onboarding/activities",
    "/onboarding/lodging",
    "/join?new=1",
    "/account",
    "/account/importance",
    "/account/history",
    "/account/schedule",
    "/account/security",
    "/account/data",
)
MARK = "<script>alert(1)</script>"
HOSTILE = (
    f"' or 1=1; drop table users; -- \"><img src=x onerror=alert(1)>{MARK}",
    "{{ 7 * 7 }} {% raw %} ${7*7} %s %(user)s ../../../../etc/passwd",
    "\x00\x08\ud7ff\uffff" + "\u202e\u200b" * 50,
    "9" * 400,
    "x" * 20_000,
)
KEPT = frozenset({"csrf", "step"})


@dataclass
class Form:
    """A form of a page: where it goes, and its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Finds the forms of a page that change something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self._open = Form(given.get("action") or "")
            self.found.append(self._open)
        elif self._open is not None and tag in {"input", "textarea", "select", "button"}:
            name = given.get("name")
            if name:
                self._open.fields.setdefault(name, given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@pytest.fixture
def app(catalogue_url: str) -> Iterator[FastAPI]:
    with fresh_keys():
        yield create_app()


def _forms(page: str) -> list[Form]:
    parser = Forms()
    parser.feed(page)
    return [form for form in parser.found if form.action != "/logout"]


def test_every_field_of_every_form_takes_or_refuses_whatever_is_typed(app: FastAPI) -> None:
    person = Person(app)
    sent = 0
    for path in PAGES:
        for form in _forms(person.follow(path).text):
            for typed in HOSTILE:
                values = {
                    name: value if name in KEPT else typed for name, value in form.fields.items()
                }
                answer = person.client.post(form.action, data=values)
                where = (path, form.action, typed[:20])
                assert answer.status_code < 500, where
                assert MARK not in answer.text, where
                assert "onerror=alert(1)>" not in answer.text.replace("&gt;", ""), where
                sent += 1
    assert sent >= 50, "the walk has lost its way"
    for path in PAGES:
        shown = person.follow(path)
        assert shown.status_code == 200, path
        assert MARK not in shown.text, path


def test_an_address_that_holds_anything_at_all_is_answered(app: FastAPI) -> None:
    person = Person(app)
    for typed in ("%00", "%0d%0aSet-Cookie:x=1", "..%2f..%2f%F0%9F%3Cscript%3E"):
        for path in (
            f"/onboarding/{typed}",
            f"/login/link/{typed}",
            f"/deletion/{typed}",
            f"/r/{typed}",
            f"/language/{typed}",
            f"/static/{typed}",
            f"/account/schedule/terms?rhythm={typed}&weekday={typed}&hour={typed}",
            f"/account/history?before={typed}",
            f"/join?rhythm={typed}&hour={typed}&new={typed}",
            f"/onboarding/places/suggest?q={typed}",
            f"/?notice={typed}",
            f"/{typed}",
        ):
            answer = person.get(path)
            assert answer.status_code < 500, path
            assert "x" not in answer.cookies, path
            assert "<script>" not in answer.text.replace("<script src", ""), path
