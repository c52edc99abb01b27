"""The ranker: the weighted sum of similarities, exact, with the parts that make it up."""

from recommender.ranker.catalogue import Catalogue
from recommender.ranker.scores import MIDDLE, Ranked, share_weights

__all__ = ["MIDDLE", "Catalogue", "Ranked", "share_weights"]
