"""Who may be written to, and whether anything may be sent at all."""
