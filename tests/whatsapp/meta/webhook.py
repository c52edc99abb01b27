"""Calling the webhook as Meta does."""

import hashlib
import hmac
import json
from typing import Any

from fastapi.testclient import TestClient

PATH = "/webhooks/meta"
SECRET = "an-app-secret"
WORD = "a-word-of-ours"


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(client: TestClient, body: Any, **headers: str) -> int:
    """Post *body*, signed; return the status."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(raw), **headers}
    return client.post(PATH, content=raw, headers=sent).status_code
