"""One visit of a browser: who it is, in which language, and which cookies it gets back."""

import datetime as dt
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from babel import negotiate_locale
from fastapi import Request

from api.sessions import service, tokens
from api.sessions.schemas import Opened, Visitor
from core.database import unit_of_work
from core.settings import settings
from core.wording import LANGUAGES

Language = Literal["en", "vi"]

BROWSER, SESSION, RENEWAL, LANGUAGE = "browser", "session", "renewal", "language"
_YEAR = dt.timedelta(days=365)
_BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
_LONGEST_HEADER = 200


@dataclass
class Visit:
    """What is known of a visit; `enter`, `leave` and `speak` change the browser's cookies.

    Attributes:
        browser: a random name for the browser, as long as it runs.
        language: the one to answer in.
        visitor: who has a session; None for everybody else.
        cookies: what the response sets, by plain name; None deletes.
    """

    browser: str
    language: Language
    visitor: Visitor | None = None
    cookies: dict[str, tuple[str, dt.timedelta | None] | None] = field(default_factory=dict)

    @property
    def csrf_token(self) -> str:
        """What a form of this browser and this session carries, and nobody else can know."""
        session = self.visitor.session_id if self.visitor else ""
        return tokens.keyed_hash(f"form {self.browser} {session}")

    def has_sent(self, csrf_token: str) -> bool:
        """Tell whether a form was made for this browser and this session."""
        return hmac.compare_digest(csrf_token.encode(), self.csrf_token.encode())

    def enter(self, opened: Opened) -> None:
        """Take a session, once it has been committed, for this browser's from now on."""
        self.visitor = opened.visitor
        left = opened.expires_at - dt.datetime.now(dt.UTC)
        token = tokens.sign(opened.visitor.user_id, opened.visitor.session_id)
        self.cookies[SESSION] = (token, tokens.VALID_FOR)
        if opened.renewal is not None:
            self.cookies[RENEWAL] = (opened.renewal, left)

    def leave(self) -> None:
        """Forget the session in this browser, and the name by which it was known."""
        self.visitor = None
        self.cookies |= {SESSION: None, RENEWAL: None}
        self.browser = _new_browser()
        self.cookies[BROWSER] = (self.browser, None)

    def speak(self, language: str) -> None:
        """Answer in that language from now on."""
        self.language = cast("Language", language if language in LANGUAGES else LANGUAGES[0])
        self.cookies[LANGUAGE] = (self.language, _YEAR)


def visit_of(request: Request) -> Visit:
    """Return the visit that a request belongs to: looked up once, then kept with the request."""
    known = getattr(request.state, "visit", None)
    if isinstance(known, Visit):
        return known
    visit = anonymous(request)
    request.state.visit = visit
    _recognise(visit, request.cookies)
    if visit.visitor and LANGUAGE not in request.cookies:
        visit.language = cast("Language", visit.visitor.language)
    return visit


def anonymous(request: Request) -> Visit:
    """Return what is known of a visit without asking who it is."""
    shown = request.cookies.get(cookie_name(BROWSER), "")
    if _BROWSER_ID.fullmatch(shown):
        return Visit(shown, _language(request))
    visit = Visit(_new_browser(), _language(request))
    visit.cookies[BROWSER] = (visit.browser, None)
    return visit


def is_secure() -> bool:
    """Tell whether we are reached by HTTPS, as we must be but on the operator's own machine."""
    return settings().public_base_url.startswith("https://")


def cookie_name(name: str) -> str:
    """Return a cookie's full name: the prefix binds it to this host, and browsers insist on it."""
    return f"__Host-{name}" if is_secure() else name


def _recognise(visit: Visit, cookies: Mapping[str, str]) -> None:
    token = cookies.get(cookie_name(SESSION))
    renewal = cookies.get(cookie_name(RENEWAL))
    if not token and not renewal:
        return
    with unit_of_work() as unit:
        visit.visitor = service.visitor_with(unit.connection, token) if token else None
        renewable = visit.visitor is None and renewal
        opened = service.renew(unit.connection, renewal) if renewable and renewal else None
    if opened is not None:
        visit.enter(opened)
    elif visit.visitor is None:
        visit.cookies |= {SESSION: None, RENEWAL: None}


def _language(request: Request) -> Language:
    chosen = request.cookies.get(cookie_name(LANGUAGE)) or request.cookies.get(LANGUAGE)
    if chosen in LANGUAGES:
        return cast("Language", chosen)
    wished = request.headers.get("Accept-Language", "")[:_LONGEST_HEADER]
    codes = [part.partition(";")[0].strip() for part in wished.split(",")]
    best = negotiate_locale([code for code in codes if code], LANGUAGES, sep="-")
    return cast("Language", best or LANGUAGES[0])


def _new_browser() -> str:
    return secrets.token_urlsafe(16)
