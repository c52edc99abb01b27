"""The channel: what comes in from WhatsApp is kept and answered, what goes out arrives once."""
