"""Account pages: what all of their templates have beside what every page has."""

import datetime as dt
import functools
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.rendering import Say, page
from api.sessions.visit import visit_of
from conversation.calendar_words import day
from core.audit.service import Entry

ROOM = "account"


def show(request: Request, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return the account page *name*.

    Its template has the functions ``day`` (of a date or a moment), ``moment`` and ``done`` (what
    a line of the audit trail tells) beside *context*.
    """
    language = visit_of(request).language
    told = {
        "day": functools.partial(_day, language=language),
        "moment": functools.partial(moment, language=language),
        "done": done,
    }
    return page(request, f"{ROOM}/{name}.html", status=status, **told | context)


def back_to(path: str, notice: str | None = None) -> RedirectResponse:
    """Send the browser on after a change, so that loading the page again repeats nothing."""
    return RedirectResponse(f"{path}?notice={notice}" if notice else path, 303)


def moment(at: dt.datetime, language: str) -> str:
    """Return a day and a time, in the zone that *at* has: ``3 Jul 2027, 14:05 UTC``."""
    zone = at.tzname() or "UTC"
    if zone[0] in "+-":  # a zone without letters of its own
        zone = f"UTC{zone}"
    return f"{day(at.date(), language)}, {at:%H:%M} {zone}"


def done(say: Say, entry: Entry) -> str:
    """Return what a line of the audit trail tells, for somebody who reads no code."""
    try:
        return say(f"audit.{entry.action}")
    except KeyError:
        return say("audit.other", action=entry.action)


def _day(at: dt.date, language: str) -> str:
    return day(at, language)
