"""Dead letters: messages of either direction that were given up and wait for a person."""
