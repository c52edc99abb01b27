"""An app that people sign in to with the stand-in for Facebook."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client

APP = "1234567890123456"
SECRET = "a-secret-of-the-app"
CALLBACK = "http://127.0.0.1:8000/login/facebook/callback"
VERIFIER = "v" * 64
ONE = "10000000000000001"
WITHOUT_EMAIL = "10000000000000003"


def begin(app: OAuth2Client, **more: str) -> str:
    """Return the address of the dialog."""
    dialog = f"{app.base_url}/facebook/v23.0/dialog/oauth".replace("//facebook", "/facebook")
    address, _state = app.create_authorization_url(
        dialog, **{"state": "s t&=", "nonce": "once", "code_verifier": VERIFIER, **more}
    )
    return str(address)


def decide(facebook: httpx.Client, address: str, **choice: str) -> httpx.Response:
    """Open the dialog, and send its form as a browser would."""
    shown = facebook.get(address)
    assert shown.status_code == 200, shown.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    fields = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
    form = {**fields, "person": ONE, "share_email": "on", "decision": "continue", **choice}
    target = re.findall(r'<form method="post" action="([^"]+)"', shown.text)[0]
    origin = str(facebook.base_url).rstrip("/")
    return facebook.post(target, data=form, headers={"Origin": origin})


def sent_to(answer: httpx.Response) -> dict[str, str]:
    """Return the parameters with which somebody was sent back to the app."""
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def exchange(app: OAuth2Client, answer: httpx.Response, **more: str) -> dict[str, object]:
    token = app.fetch_token(
        "/facebook/v23.0/oauth/access_token",
        authorization_response=answer.headers["location"].removesuffix("#_=_"),
        state="s t&=",
        **{"code_verifier": VERIFIER, **more},
    )
    return dict(token)


def proof(token: object) -> str:
    return hmac.new(SECRET.encode(), str(token).encode(), hashlib.sha256).hexdigest()
