"""How each criterion becomes a vector whose cosine means what it says."""
