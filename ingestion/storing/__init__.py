"""Into the catalogue: what is new or changed, in batches that are stored whole or not at all."""
