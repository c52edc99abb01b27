"""Words by which an intent is recognised inside a longer message.

All patterns are for folded text (lower case, no diacritics). Where leaving the diacritics out
makes a Vietnamese word an English one, the pattern asks for more words around it.
"""

from conversation.understanding.cues.account import (
    ANYWHERE,
    DELETE_DATA,
    LANGUAGE,
    MY_DATA,
    PAUSE,
    SCHEDULE,
    START,
    STOP,
)
from conversation.understanding.cues.questions import ASK, SHORT_TOPIC, STRONG_ASK, TRAVEL_TOPIC
from conversation.understanding.cues.shown import (
    ADDS_PLACE,
    BOOK,
    CHEAPER,
    COMPARE,
    CONTENTS,
    DETAILS,
    LONGER,
    MORE,
    OTHER_PLACE,
    REFINE,
    REPLACES,
    SHORTER,
)
from conversation.understanding.cues.talk import (
    DISLIKED,
    GREETING,
    HELP,
    HUMAN,
    LIKED,
    OFF_TOPIC,
    POLICY,
)
from conversation.understanding.cues.taste import FORGET, MORE_LIKE, SAVE, SHOW_SAVED, UNDO
from conversation.understanding.cues.wishes import (
    ASK_FOR_TOURS,
    BED,
    FIND,
    FIND_TOUR_VERB,
    LODGING,
    TRIP_LENGTH,
    WANTS_TO_GO,
)

__all__ = [
    "ADDS_PLACE",
    "ANYWHERE",
    "ASK",
    "ASK_FOR_TOURS",
    "BED",
    "BOOK",
    "CHEAPER",
    "COMPARE",
    "CONTENTS",
    "DELETE_DATA",
    "DETAILS",
    "DISLIKED",
    "FIND",
    "FIND_TOUR_VERB",
    "FORGET",
    "GREETING",
    "HELP",
    "HUMAN",
    "LANGUAGE",
    "LIKED",
    "LODGING",
    "LONGER",
    "MORE",
    "MORE_LIKE",
    "MY_DATA",
    "OFF_TOPIC",
    "OTHER_PLACE",
    "PAUSE",
    "POLICY",
    "REFINE",
    "REPLACES",
    "SAVE",
    "SCHEDULE",
    "SHORTER",
    "SHORT_TOPIC",
    "SHOW_SAVED",
    "START",
    "STOP",
    "STRONG_ASK",
    "TRAVEL_TOPIC",
    "TRIP_LENGTH",
    "UNDO",
    "WANTS_TO_GO",
]
