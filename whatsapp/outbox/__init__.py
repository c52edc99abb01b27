"""The outbox: what is to be said, sent in order and once, and what became of it."""
