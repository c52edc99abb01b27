"""The gazetteer: place names, where they lie, what contains them, and how people write them."""
