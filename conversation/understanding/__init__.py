"""What a traveller means: intents and wishes from free English and Vietnamese text."""

from conversation.understanding.schemas import (
    Change,
    Context,
    Intent,
    Language,
    Rhythm,
    Schedule,
    Steer,
    Topic,
    Understanding,
)
from conversation.understanding.service import understand, understand_all

__all__ = [
    "Change",
    "Context",
    "Intent",
    "Language",
    "Rhythm",
    "Schedule",
    "Steer",
    "Topic",
    "Understanding",
    "understand",
    "understand_all",
]
