"""WhatsApp through Meta's own Cloud API: its Graph, its webhooks, its limits."""
