"""Measuring rankers against judged sets."""

from recommender.evaluation.ablation import Ablation, ablate
from recommender.evaluation.contest import CONTENDERS, Contest
from recommender.evaluation.markdown import ablations, check_marks, comparison, insert
from recommender.evaluation.measures import DEPTH, ndcg, precision, recall
from recommender.evaluation.scoring import Figures, Rank, Understand, evaluate
from recommender.evaluation.sets import JudgedSet, Query, load_set

__all__ = [
    "CONTENDERS",
    "DEPTH",
    "Ablation",
    "Contest",
    "Figures",
    "JudgedSet",
    "Query",
    "Rank",
    "Understand",
    "ablate",
    "ablations",
    "check_marks",
    "comparison",
    "evaluate",
    "insert",
    "load_set",
    "ndcg",
    "precision",
    "recall",
]
