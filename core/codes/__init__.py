"""One-time codes: proof that two things are in one hand."""
