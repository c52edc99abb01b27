"""Requests that no honest provider sends, signed and not, and what may be said to them."""

import copy
import hashlib
import hmac
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from fastapi.testclient import TestClient
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from core.errors import InvalidInputError
from tests.whatsapp.house import ACCOUNT, TOKEN
from tests.whatsapp.meta.payloads import EVERY_KIND, change, post, status, text
from tests.whatsapp.meta.webhook import SECRET
from whatsapp.twilio.signature import parse_form

PUBLIC = "https://bot.example"
INBOUND, STATUS, META = "/webhooks/twilio", "/webhooks/twilio/status", "/webhooks/meta"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
METHODS = ("POST",) * 60 + ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "POSTT")
CONTENT_TYPES = (
    "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "*/*",
    "application/x-www-form-urlencoded; charset=utf-16", "application/json; charset=latin-1",
    "APPLICATION/JSON", "application/json;" + "a" * 5_000, "\x80\xff", ";", FORM, JSON,
)  # fmt: skip
HOSTILE = (
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\u202e", "\ufeff", "\ufffe", "😀" * 400, "x" * 5_000,
    "' or 1=1 --", "%s %(x)s {0} {{1}}", "../../etc/passwd", "<script>alert(1)</script>",
    "NaN", "Infinity", "-0", "1e999", "9" * 400, "٠١٢", "²", "true", "null", "[]", "{}",
    "whatsapp:", "whatsapp:+", "whatsapp:+84\x00", "VN.", "Ha\u0323 Long", "\r\nX: y",
    "STOP", "delete me", "*_~`" * 50, "http://[", "http://127.0.0.1:1/", "SM" + "g" * 32,
)  # fmt: skip
LONE_SURROGATES = ("%ED%A0%80", "%ED%BF%BF", "%FF%FE", "%C3%28", "%F8%88%80%80%80", "%", "%zz")
TWILIO_FIELDS = (
    "From", "To", "Body", "ProfileName", "WaId", "NumMedia", "MediaUrl0", "MediaContentType0",
    "Latitude", "Longitude", "Address", "Label", "ButtonText", "ButtonPayload", "ListId",
    "ListTitle", "OriginalRepliedMessageSid", "ExternalUserId", "MessageType", "ErrorCode",
    "ChannelMetadata", "ReferralBody", "OptOutType", "MessageStatus", "SmsStatus", "AccountSid",
)  # fmt: skip
CODES = ("63016", "63051", "21610", "63049", "63033", "63019", "63021", "63018", "500", "20003")
STATUSES = ("queued", "sent", "delivered", "read", "failed", "undelivered", "READ", "", "nonsense")
LEAKS = ("Traceback", 'File "', "site-packages", "psycopg", "pydantic", "/whatsapp/", "a-token")

TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        TEXTS,
        st.sampled_from(("\ud800", "a\udfff", "\x00")),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=10,
)

_numbers = itertools.count(1)


def inbound_sid() -> str:
    return f"SM{next(_numbers):032x}"


@st.composite
def forms(draw: st.DrawFn, sids: Sequence[str]) -> bytes:
    """A form of Twilio's, some of it right, some not; mostly with a sid and a sender."""
    pairs = [(name, quote_plus(draw(TEXTS))) for name in _names(draw)]
    if draw(st.integers(0, 9)):
        sid = draw(st.sampled_from([inbound_sid(), inbound_sid(), inbound_sid(), *sids]))
        sender = draw(st.sampled_from(("+84901234567", "VN.1a2B3c4D", "+14155550100")))
        pairs += [("MessageSid", sid), ("From", f"whatsapp%3A%2B{sender[1:]}")]
        pairs += [("MessageStatus", draw(st.sampled_from(STATUSES)))]
    if not draw(st.integers(0, 5)):
        pairs += [("ErrorCode", draw(st.sampled_from(CODES)))]
    if not draw(st.integers(0, 9)):
        pairs += [(draw(st.sampled_from(TWILIO_FIELDS)), draw(st.sampled_from(LONE_SURROGATES)))]
    if not draw(st.integers(0, 30)):
        pairs += [("Body", "x" * draw(st.sampled_from((60_000, 70_000))))]
    if not draw(st.integers(0, 30)):
        pairs += [(f"a[{number}][b]", "1") for number in range(draw(st.sampled_from((150, 250))))]
    body = "&".join(f"{quote(name, safe='[]')}={value}" for name, value in pairs).encode()
    return body if draw(st.integers(0, 9)) else body + draw(st.binary(max_size=20))


def _names(draw: st.DrawFn) -> list[str]:
    names = st.one_of(st.sampled_from(TWILIO_FIELDS), st.sampled_from(HOSTILE))
    return draw(st.lists(names, max_size=10))


@st.composite
def updates(draw: st.DrawFn, sids: Sequence[str]) -> bytes:
    """A post of Meta's: one of every kind, with parts of it replaced, or no such thing at all."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.one_of(st.binary(max_size=60), st.sampled_from(_BROKEN)))
    if kind == 1:
        return json.dumps(draw(VALUES)).encode("utf-8", "surrogatepass")
    if kind == 2 and not draw(st.integers(0, 4)):
        return _thousand(draw)
    said = copy.deepcopy(draw(st.sampled_from(list(EVERY_KIND.values()))))
    said["id"] = f"wamid.{next(_numbers)}"
    told = status(draw(st.sampled_from(("1", "0", "x", "9" * 30))), draw(st.sampled_from(STATUSES)))
    told["errors"] = [{"code": int(draw(st.sampled_from(CODES)))}]
    told["id"] = draw(st.sampled_from(list(sids)))
    body = post(change(messages=[said], statuses=[told]))
    for _ in range(draw(st.integers(0, 4))):
        _spoil(draw, body)
    encoding = draw(st.sampled_from(("utf-8",) * 9 + ("utf-16", "latin-1")))
    return json.dumps(body, ensure_ascii=encoding != "utf-8").encode(encoding, "surrogatepass")


def _thousand(draw: st.DrawFn) -> bytes:
    """As many updates as one post may hold, of which a few are spoilt."""
    many = [text(f"số {number}") for number in range(500)]
    told = [status(str(number), draw(st.sampled_from(STATUSES))) for number in range(500)]
    for _ in range(10):
        many[draw(st.integers(0, 499))] = draw(VALUES)
        told[draw(st.integers(0, 499))] = draw(VALUES)
    return json.dumps(post(change(messages=many, statuses=told))).encode("utf-8", "surrogatepass")


def _spoil(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Replace, somewhere on a way down, what stands there."""
    here: Any = body
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        below = here[key]
        if not isinstance(below, dict | list) or not draw(st.integers(0, 5)):
            here[key] = draw(VALUES)
            return
        here = below


_BROKEN = (
    b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe\x00", b"[" * 100_000, b'{"entry":' * 50_000,
    b'{"entry": [], "entry": {"a": 1}}', b'{"entry": NaN}', b'{"entry": -Infinity}',
    b'{"entry": [{"changes": [{"field": "messages", "value": "\\ud800"}]}]}', b"1" * 10_000,
    b"x" * (4 * 1024 * 1024 + 1), b'{"a": "' + b"\x00" * 100 + b'"}', b"\xef\xbb\xbf{}",
)  # fmt: skip


class Hostility:
    """Somebody who sends what comes to mind, and looks at every answer.

    Args:
        client: of the whole application.
        sids: provider's ids of messages that there are.
        outbound: ids of messages of ours.
    """

    def __init__(self, client: TestClient, sids: Sequence[str], outbound: Sequence[int]) -> None:
        self.client = client
        self.accepted: set[str] = set()
        self.answers: Counter[tuple[str, int]] = Counter()
        self._sids = sids
        self._outbound = outbound

    def send(self, data: st.DataObject) -> None:
        """Send one request; complain when the answer is not as it should be."""
        path = data.draw(st.sampled_from((INBOUND, INBOUND, STATUS, META)))
        if path == META:
            body = data.draw(updates(self._sids))
            headers = {"X-Hub-Signature-256": _meta_signature(body)}
        else:
            body = data.draw(forms(self._sids))
            path += self._query(data)
            headers = {"X-Twilio-Signature": _twilio_signature(path, body)}
        honest = self._tampered(data, path, headers)
        method = data.draw(st.sampled_from(METHODS))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        answer = self.client.request(method, path, content=body, headers=raw)
        self.answers[path.partition("?")[0], answer.status_code] += 1
        check(answer)
        if honest is False:
            assert answer.status_code >= 400, (path, answer.status_code)
        if path == INBOUND and answer.status_code == 200:
            self.accepted.add(parse_form(body)["MessageSid"])

    def _query(self, data: st.DataObject) -> str:
        references = [str(each) for each in self._outbound]
        mids = st.sampled_from((*references, "0", "-1", "9" * 18, "9" * 30, "x", ""))
        queries = (f"?mid={data.draw(mids)}", "", "?mid=1&mid=2", "?%00=%ff", "?" + "a=1&" * 300)
        return data.draw(st.sampled_from(queries))

    def _tampered(self, data: st.DataObject, path: str, headers: dict[str, str]) -> bool | None:
        """Change the headers at times; False when the signature can no longer be right."""
        name = next(iter(headers))
        headers["Content-Type"] = JSON if path == META else FORM
        what = data.draw(st.integers(0, 14))
        if what == 0:
            del headers[name]
        elif what == 1:
            headers[name] = data.draw(
                st.sampled_from(("", "x", "sha256=", "=" * 9_000, "\xe9\xff"))
            )
        elif what == 2:
            headers["Content-Type"] = data.draw(st.sampled_from(CONTENT_TYPES))
        elif what == 3:
            headers["Content-Length"] = data.draw(st.sampled_from(("0", "1", "99999999", "x")))
        return False if what in {0, 1} else None


def _twilio_signature(path: str, body: bytes) -> str:
    try:
        form = parse_form(body)
    except InvalidInputError:
        return "none"
    return str(RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", form))


def _meta_signature(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def check(answer: Any) -> None:
    """Make sure that an answer is no server error, and tells nothing of our insides."""
    assert answer.status_code < 500, (answer.request.url, answer.status_code, answer.text)
    for leak in (*LEAKS, ACCOUNT, SECRET):
        assert leak not in answer.text, (answer.request.url, answer.text)
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["detail"]
        assert "\n" not in told["detail"]
