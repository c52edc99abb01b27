"""The account that messages go through: what templates, limits and locks belong to."""

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
