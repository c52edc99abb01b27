"""The staff's desk: travellers who asked for a person, and talking with them."""
