"""A run's own scratch file: what does not fit the memory, gone when the run ends."""
