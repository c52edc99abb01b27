"""The wizard: what a traveller wishes, in seven steps, with the tours that fit beside each."""
