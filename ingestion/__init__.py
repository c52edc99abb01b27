"""Operators' catalogues in: reading, validating, embedding and storing tours."""
