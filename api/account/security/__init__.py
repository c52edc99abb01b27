"""How a traveller gets in, where they are signed in, and who looked at their data."""
