"""Wording: what travellers read, kept in gettext catalogues beside the code that says it."""

import functools
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("en", "vi")


class Wording:
    """The messages of one folder of `.po` files, one for each language.

    Args:
        folder: holds `en.po`, `vi.po` …; message ids are short names, not English sentences.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._catalogues: dict[str, Catalog] = {}

    def say(self, key: str, language: str, /, **values: object) -> str:
        """Return message *key* in *language* (English for one we do not speak).

        Raises:
            KeyError: no such message.
        """
        message = self.catalogue(language).get(key)
        if message is None or not message.string:
            raise KeyError(key)
        return str(message.string).format(**values)

    def catalogue(self, language: str) -> Catalog:
        """Return the catalogue of *language*, read on first use."""
        spoken = language if language in LANGUAGES else LANGUAGES[0]
        if spoken not in self._catalogues:
            with (self._folder / f"{spoken}.po").open("rb") as file:
                self._catalogues[spoken] = read_po(file, locale=spoken, abort_invalid=True)
        return self._catalogues[spoken]


@functools.cache
def wording(folder: Path) -> Wording:
    """Return the wording in *folder*, read once for each process."""
    return Wording(folder)
