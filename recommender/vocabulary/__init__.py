"""What travellers wish and tours offer, in English and Vietnamese, as shared concepts."""

from recommender.vocabulary.concepts import Concept, ConceptMatch
from recommender.vocabulary.lexicon import Vocabulary, vocabulary

__all__ = ["Concept", "ConceptMatch", "Vocabulary", "vocabulary"]
