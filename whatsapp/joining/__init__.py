"""Connecting a number with a web account, and parting them again."""
