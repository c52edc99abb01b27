"""What a guest has told, taken along into the account that turns out to be theirs."""

from conversation.wishes import dates_of, save_dates
from core.database import Connection
from recommender import feedback
from recommender.importance import importance_of, save_importance
from recommender.service import load_interests


def carry_over(connection: Connection, guest_id: int, user_id: int) -> None:
    """Let what was told just now stand in place of what the account had; what was not stays."""
    interests = load_interests(connection, guest_id)
    if not interests.is_empty():
        feedback.save_interests(connection, user_id, interests)
    dates = dates_of(connection, guest_id)
    if dates is not None:
        save_dates(connection, user_id, dates)
    importance = importance_of(connection, guest_id)
    if any(factor != 1.0 for factor in importance.values()):
        save_importance(connection, user_id, importance)
