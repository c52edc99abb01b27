"""The REST interface, version 1: for a traveller's own browser and for an operator's programs."""
