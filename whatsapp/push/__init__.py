"""Suggestions that travellers asked to be sent: when they are due, and what becomes of them."""
