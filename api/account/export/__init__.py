"""All that is stored about a person, handed out."""
