"""What matters most to a traveller: factors on the weights that everybody begins with."""

import math
from collections.abc import Mapping
from typing import Final

from core.database import Connection
from core.errors import InvalidInputError
from recommender import feedback
from recommender.schemas import Criterion

LEAST: Final = 0.25
MOST: Final = 4.0
AS_USUAL: Final = 1.0


def importance_of(connection: Connection, user_id: int) -> dict[Criterion, float]:
    """Return a traveller's factor of every criterion; 1 is as usual."""
    named = feedback.stated(connection, user_id).importance
    return {key: named.get(key, AS_USUAL) for key in Criterion}


def save_importance(
    connection: Connection, user_id: int, factors: Mapping[Criterion, float]
) -> None:
    """Store how much each criterion matters, in place of what was said before.

    The weights of the ranking are the standard ones times these factors; what was learned from
    reactions is learned anew on top of them.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        factors: between `LEAST` and `MOST`; a criterion that is not named has the factor 1.

    Raises:
        InvalidInputError: a factor is no number between the bounds.
    """
    for key, factor in factors.items():
        if not (math.isfinite(factor) and LEAST <= factor <= MOST):
            raise InvalidInputError(
                f"the importance of {key.value} must lie between {LEAST:g} and {MOST:g}"
            )
    named = {key: float(factor) for key, factor in factors.items() if factor != AS_USUAL}
    feedback.save_importance(connection, user_id, named)
