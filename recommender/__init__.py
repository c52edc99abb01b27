"""Matching travellers with tours: criteria, encoders, ranker, explanations, evaluation."""
