"""What a traveller meant and what to answer, in words that any channel can carry."""
