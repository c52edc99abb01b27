"""WhatsApp through Twilio: its API, its webhooks, its limits."""
