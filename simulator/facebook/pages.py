"""The pages that people see."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from simulator.endpoints_page import HEADERS, HERE
from simulator.facebook.dialog import FIELDS, Asked
from simulator.facebook.errors import DialogError
from simulator.facebook.state import Memory

SOMEBODY_ELSE = "new"
_MOST_SHOWN = 20


class Pages:
    """Renders the dialog.

    Args:
        app_name: Who asks to be let in.
        memory: Knows who can sign in.
    """

    def __init__(self, app_name: str, memory: Memory) -> None:
        templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._page = templates.get_template("facebook.html")
        self._app_name = app_name
        self._memory = memory

    def dialog(self, asked: Asked, given: Mapping[str, str], wrong: str = "") -> HTMLResponse:
        """The question whether to go on, with what was chosen before where that was *wrong*."""
        accounts = list(self._memory.accounts.values())[-_MOST_SHOWN:]
        text = self._page.render(
            trouble=None,
            app_name=self._app_name,
            accounts=accounts,
            person=given.get("person", accounts[0].id),
            name=given.get("name", ""),
            email=given.get("email", ""),
            asks_email="email" in asked.scopes,
            shares_email="person" not in given or given.get("share_email") == "on",
            hidden={name: given[name] for name in FIELDS if name in given},
            somebody_else=SOMEBODY_ELSE,
            wrong=wrong,
        )
        return HTMLResponse(text, 422 if wrong else 200, _headers(f"'self' {asked.origin}"))

    def trouble(self, error: DialogError) -> HTMLResponse:
        """Why there is nothing to decide."""
        text = self._page.render(trouble=error, app_name=self._app_name)
        return HTMLResponse(text, 400, _headers("'none'"))


def _headers(form_targets: str) -> dict[str, str]:
    """As of the simulator's other pages, but for a form that ends at the app's address."""
    policy = HEADERS["Content-Security-Policy"]
    return {
        **HEADERS,
        "Content-Security-Policy": policy.replace(
            "form-action 'none'", f"form-action {form_targets}"
        ),
        # Without its origin the form's own request would look like a foreign page's.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
