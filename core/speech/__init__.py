"""Hearing what was said in a voice note, on a server or on this machine."""
