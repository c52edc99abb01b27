"""Who carries the messages of this installation."""

import functools

from core.settings import settings
from whatsapp.meta.channel import meta_channel
from whatsapp.port import Channel
from whatsapp.twilio.channel import twilio_channel


@functools.cache
def channel() -> Channel:
    """Return the channel of this process, as the settings choose it.

    Raises:
        ConfigurationError: the account of the provider chosen is not configured.
    """
    return meta_channel() if settings().whatsapp_provider == "meta" else twilio_channel()
