"""Who read or changed whose personal data."""
