"""Guessing a mapping from a feed's headers and a sample of its values."""
