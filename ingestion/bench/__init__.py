"""Measuring how fast a feed is taken in, and that its vectors are the right ones."""
