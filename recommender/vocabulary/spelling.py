"""Small typing errors in the longer words of the vocabulary."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recommender.vocabulary.tokens import Forms, Token, forms, singular, verb_key

MIN_LETTERS = 6
_LETTERS_FOR_TWO = 10  # in words this long two errors leave no doubt


class Speller:
    """Puts right what is one slip (two in long words) away from a word of the vocabulary."""

    def __init__(self, words: Iterable[str], ordinary: Collection[str]) -> None:
        """Build from the vocabulary's own *words* and the *ordinary* words to leave alone."""
        self._words = sorted({word for word in words if len(word) >= MIN_LETTERS - 1})
        self._known = {key for word in (*self._words, *ordinary) for key in _keys(word)}
        self.corrected = lru_cache(maxsize=10_000)(self._corrected)

    def correct(self, tokens: Iterable[Token], text: str) -> list[Token]:
        """Return *tokens* of *text* with the forms of the words that were meant."""
        return [
            Token(token.start, token.end, token.joined, self._forms(text[token.start : token.end]))
            for token in tokens
        ]

    def _forms(self, word: str) -> Forms:
        return forms(self.corrected(word.casefold()) or word)

    def _corrected(self, word: str) -> str | None:
        if len(word) < MIN_LETTERS or not word.isascii() or not word.isalpha():
            return None
        if not self._known.isdisjoint((singular(word), verb_key(word))):
            return None
        found = process.extractOne(
            word,
            self._words,
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= _LETTERS_FOR_TWO else 1,
        )
        # People hardly ever miss the first letter, and "looking" is not "cooking".
        return found[0] if found and found[0][0] == word[0] else None


def _keys(word: str) -> set[str]:
    """Return the keys under which a phrase with this *word* is found."""
    return {singular(word), verb_key(word)} if word.endswith("ing") else {singular(word)}
