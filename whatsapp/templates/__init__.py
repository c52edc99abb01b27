"""Templates: what may be said outside the 24-hour window, once WhatsApp has approved it."""
