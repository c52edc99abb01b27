"""Long texts of listings, told apart by what they are about."""

from collections.abc import Sequence
from itertools import islice

import structlog

from core.ai.port import LanguageModel
from core.errors import TravelBuddyError
from ingestion.splitting.labelling import labelled
from ingestion.splitting.meaning import topics_of, worth_asking
from ingestion.splitting.reading import Reading, assemble, read
from ingestion.splitting.schemas import Split
from recommender.embedding import TextEmbedder

log = structlog.get_logger(__name__)

MOST_EMBEDDED = 12
"""Sentences of one text that are embedded at most."""
MOST_LABELLED = 240
"""Sentences of one text that a language model is shown at most."""


def split_text(text: str) -> Split:
    """Tell the sentences of a listing apart by their words and headings alone.

    Args:
        text: clean text with its line breaks, list items as "- …".

    Returns:
        Every sentence under each topic that it is about, in its order and once.
    """
    return assemble(read(text))


def split_texts(
    texts: Sequence[str],
    embedder: TextEmbedder | None = None,
    model: LanguageModel | None = None,
) -> list[Split]:
    """Tell the sentences of several listings apart, asking as seldom as possible.

    Args:
        texts: as in `split_text`.
        embedder: decides by meaning about sentences whose words do not tell; None leaves them.
        model: looks at every sentence that is no condition or exclusion; at its first error the
            words and the embedder decide about the texts that remain.

    Returns:
        One split per text.
    """
    readings = [read(text) for text in texts]
    if model:
        _ask_model(readings, model)
    if embedder:
        _ask_embedder(readings, embedder)
    return [assemble(reading) for reading in readings]


def _ask_embedder(readings: Sequence[Reading], embedder: TextEmbedder) -> None:
    """Decide what the rules left open, all texts' sentences in one batch."""
    asked = [
        (reading, index) for reading in readings for index in islice(_open(reading), MOST_EMBEDDED)
    ]
    distinct = list(dict.fromkeys(reading.pieces[index].text for reading, index in asked))
    topics = dict(zip(distinct, topics_of(distinct, embedder), strict=True))
    for reading, index in asked:
        reading.decide(index, topics[reading.pieces[index].text])


def _open(reading: Reading) -> list[int]:
    return [index for index in reading.undecided() if worth_asking(reading.pieces[index].text)]


def _ask_model(readings: Sequence[Reading], model: LanguageModel) -> None:
    for reading in readings:
        asked = [i for i, piece in enumerate(reading.pieces) if not piece.settled][:MOST_LABELLED]
        try:
            topics = labelled([reading.pieces[index].text for index in asked], model)
        except TravelBuddyError as error:
            log.warning("splitting_without_model", fault=type(error).__name__)
            return
        for position, found in topics.items():
            reading.decide(asked[position], found)
