"""Measuring the ranker on catalogues of any size, made from the sample's own vocabulary."""
