"""Whether a webhook really comes from Meta."""

import hashlib
import hmac

from core.errors import ForbiddenError, NotFoundError
from core.settings import settings

HEADER = "X-Hub-Signature-256"


def verify(body: bytes, signature: str | None) -> None:
    """Make sure that Meta signed *body*, to the byte.

    Raises:
        NotFoundError: no secret is configured, so that nothing can be verified.
        ForbiddenError: the signature is missing or wrong.
    """
    secret = settings().meta_app_secret
    if secret is None or not secret.get_secret_value():
        raise NotFoundError("this webhook is off: META_APP_SECRET is not set")
    if not signature:
        raise ForbiddenError(f"the request carries no {HEADER}")
    digest = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={digest}".encode(), signature.encode()):
        raise ForbiddenError(f"{HEADER} does not fit")


def verify_token(token: str) -> None:
    """Make sure that whoever sets the webhook up knows our word.

    Raises:
        NotFoundError: no word is configured.
        ForbiddenError: it is another word.
    """
    ours = settings().meta_verify_token
    if ours is None or not ours.get_secret_value():
        raise NotFoundError("this webhook is off: META_VERIFY_TOKEN is not set")
    if not hmac.compare_digest(ours.get_secret_value().encode(), token.encode()):
        raise ForbiddenError("hub.verify_token is not META_VERIFY_TOKEN")
