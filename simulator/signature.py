"""Twilio's webhook signature."""

from __future__ import annotations

import base64
import hashlib
import hmac


def signature(auth_token: str, url: str, form: dict[str, str]) -> str:
    """The value of ``X-Twilio-Signature``: HMAC-SHA1 over the URL and every name and value.

    Args:
        auth_token: The account's secret.
        url: The public address of the webhook, with its query and without its fragment.
        form: The fields that are posted, blank ones included.
    """
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
