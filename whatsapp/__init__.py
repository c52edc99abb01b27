"""The WhatsApp channel: webhooks in, messages out, and what became of them."""
