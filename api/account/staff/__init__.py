"""What staff may see and do: the audit trail, roles, finding a traveller."""
