"""Changing the key of what is encrypted, so that an old one can be thrown away."""
