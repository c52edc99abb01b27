"""A run's report for people: a page to keep or print, and a table for the terminal."""
