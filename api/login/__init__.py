"""Signing in: through Facebook, or by a link that WhatsApp brings."""
