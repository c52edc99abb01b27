"""Places to stay: searching, merging and ranking them; nothing lives here yet."""
