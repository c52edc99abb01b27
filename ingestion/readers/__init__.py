"""Reading feeds: every format becomes records under their source's own names, or rejects."""
