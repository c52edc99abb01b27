"""From an operator's values to tours and places to stay, with remarks on what was wrong."""
