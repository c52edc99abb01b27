"""What a traveller means: intents and wishes from free English and Vietnamese text, by rules."""

from conversation.understanding.schemas import (
    Change,
    Context,
    Intent,
    Language,
    Steer,
    Understanding,
)
from conversation.understanding.service import understand

__all__ = ["Change", "Context", "Intent", "Language", "Steer", "Understanding", "understand"]
