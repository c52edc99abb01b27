"""Letting go of what is no longer needed, after times that the settings give."""
