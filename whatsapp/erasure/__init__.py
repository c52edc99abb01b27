"""Forgetting people who asked for it, at the provider as well as here."""
