"""Who may use the REST interface: tokens, each with a role."""
