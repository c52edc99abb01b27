"""The commands of the handbook's page on the REST API do what it says."""

import re
import shlex
from collections.abc import Iterator
from string import Template
from typing import Any

from core.settings import ROOT
from tests.api.rest.browsers import Browser, with_token

PAGE = ROOT / "docs" / "api.md"
_WITH_VALUE = {"-H", "-d", "-X", "-b"}


def commands() -> Iterator[str]:
    """Return every call of curl in the page, those within other commands too."""
    for block in re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            inner = re.search(r"\$\((curl .*?) \|", line)
            if inner or line.startswith("curl "):
                yield inner[1] if inner else line


def sent(command: str, traveller: Browser, token: str) -> Any:
    """Do what a command would."""
    known = Template(command).substitute(BASE="", TOKEN=token, CSRF=traveller.csrf)
    words = iter(shlex.split(known)[1:])
    options = [(word, next(words) if word in _WITH_VALUE else word) for word in words]
    given = dict(options)
    url = next(value for name, value in options if name.startswith("/"))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    method = given.get("-X", "POST" if "-d" in given else "GET")
    return traveller.client.request(method, url, content=given.get("-d"), headers=headers)


def test_every_command_of_the_handbook_is_answered(traveller: Browser) -> None:
    token = with_token()["Authorization"].removeprefix("Bearer ")
    asked = list(commands())
    assert len(asked) >= 8
    for command in asked:
        answer = sent(command, traveller, token)
        assert answer.status_code < 300, (command, answer.text)
    assert traveller.get("/me/preferences").json()["importance"] == {"food": 2.0}
