"""Judging tours that somebody has picked out, rather than finding the best of all."""

from collections.abc import Collection

from core.database import Connection
from recommender import repository
from recommender.encoding import EncodedWish
from recommender.explanations import Question, explain
from recommender.models.service import encoder_in_use
from recommender.ranker.brute_force import rank_all
from recommender.schemas import Recommendation
from recommender.service import profile


def judge(
    connection: Connection, user_id: int, package_ids: Collection[int], language: str = "en"
) -> list[Recommendation]:
    """Return these tours as a traveller's wish ranks them, best first, each with its reason.

    Retired tours are judged too; those that are gone, or that another model has encoded, are left
    out.

    Args:
        connection: an open transaction.
        user_id: the traveller; with nothing stated all tours are as good.
        package_ids: our keys of the tours; a handful, as each is scored by itself.
        language: of the reasons, "en" or "vi".
    """
    encoder, taste = encoder_in_use(connection), profile(connection, user_id)
    keys = sorted(set(package_ids))
    stored = dict(repository.stream_encoded(connection, encoder.name, keys, retired=True))
    packages = repository.load_packages(connection, list(stored))
    wish = taste.wish or EncodedWish()
    ranked = rank_all(list(stored.values()), encoder.calibration, wish, taste.weights)
    judged = []
    for each in ranked:
        key = list(stored)[each.index]
        tour = packages[key]
        parts, reason = explain(
            Question(taste.interests, wish, tour, each, language, taste.weights)
        )
        judged.append(
            Recommendation(
                package_id=key,
                package=tour,
                provider=tour.provider or "",
                score=each.score,
                parts=parts,
                reason=reason,
            )
        )
    return judged
