"""The account that messages go through: what templates, limits and locks belong to."""

from urllib.parse import quote

from core.errors import ConfigurationError
from core.settings import settings


def account() -> str:
    """Return the provider's name and the account's own id, as ``twilio:AC…``.

    Without an account the id is empty: then nothing is sent either.
    """
    configured = settings()
    if configured.whatsapp_provider == "meta":
        known = configured.meta_business_account_id or configured.meta_phone_number_id
    else:
        known = configured.twilio_account_sid
    return f"{configured.whatsapp_provider}:{known or ''}"


def has_account() -> bool:
    """Tell whether the settings hold all that is needed to send."""
    configured = settings()
    if configured.whatsapp_provider == "meta":
        return bool(configured.meta_phone_number_id and configured.meta_access_token)
    return bool(configured.twilio_account_sid and configured.twilio_auth_token)


def number() -> str:
    """Return the number that travellers write to, in international form.

    Raises:
        ConfigurationError: Meta carries the messages, and nobody has said for which number.
    """
    configured = settings()
    if configured.whatsapp_provider == "twilio":
        return configured.twilio_whatsapp_number
    if configured.meta_whatsapp_number is None:
        raise ConfigurationError("META_WHATSAPP_NUMBER is not set: no link can open WhatsApp")
    return configured.meta_whatsapp_number


def link_with(text: str) -> str:
    """Return the link that opens WhatsApp with *text* ready to be sent to us.

    Raises:
        ConfigurationError: our number is not known.
    """
    digits = "".join(sign for sign in number() if sign.isdecimal())
    return f"{settings().whatsapp_link_base}/{digits}?text={quote(text, safe='')}"
