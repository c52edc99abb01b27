"""Who is visiting: sessions, the cookies that carry them, and protection of what they do."""
