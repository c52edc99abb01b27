"""How the classifier of intents is made from labelled messages of our own writing."""
