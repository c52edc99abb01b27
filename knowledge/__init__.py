"""Answers about tours with their sources; nothing lives here yet."""
