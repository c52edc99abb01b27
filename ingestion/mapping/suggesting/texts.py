"""Long texts of tours, which are told apart sentence by sentence."""

from ingestion.mapping.suggesting.choosing import Choice, Choices, both
from ingestion.mapping.suggesting.columns import Column
from ingestion.mapping.suggesting.lexicon import HEADINGS
from ingestion.mapping.suggesting.names import fit, names_a_key, section_of
from ingestion.mapping.suggesting.tours import choose_short_texts

_LONG = 160
"""Characters from which on a text whose name tells nothing is taken for one of several criteria."""
_TOO_LONG = 1_500
"""Characters beyond which a text is no description, but all there is to say."""
_VIETNAMESE = frozenset("ăđơưạảấầẩậắằặẹẻếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
"""Letters that other languages written so do not have."""
_SPEAKS_OF_SEVERAL = 120


def choose_texts(choices: Choices) -> list[Choice]:
    """Choose the description and what speaks of one criterion; return the texts to be split."""
    splits: list[Choice] = []
    for whole in choices.objects:
        told = section_of(whole.words) or whole.length >= 2 * _LONG
        if told and whole.lettered >= 0.5 and not choices.is_used_within(whole):
            splits.append(_split(choices, whole))
            choices.use_all_in(whole)
    choose_short_texts(choices)
    description = _description(choices)
    if description is not None and description.length >= _SPEAKS_OF_SEVERAL:
        choices.used.pop(description.path)
    splits += [_split(choices, each) for each in choices.free() if _is_long(choices, each)]
    return splits


def _description(choices: Choices) -> Column | None:
    ranked = choices.rank(
        "description",
        lambda each: each.lettered * (40 <= each.length <= _TOO_LONG),
        both(0.8, 0.6),
    )
    first = {"first": True} if ranked and ranked[0].column.source else {}
    return choices.take("description", ranked, "so it is called", **first)


def _is_long(choices: Choices, column: Column) -> bool:
    if column.lettered < 0.5 or names_a_key(column.words) or column.links > 0.5:
        return False
    if section_of(column.words) is not None and column.length >= 10:
        return True
    if column.is_constant:
        return False
    named = fit(column.words, choices.names["description"]) >= 0.8
    return column.length >= _LONG and (named or column.prose > 0.5)


def _split(choices: Choices, column: Column) -> Choice:
    choices.used[column.path] = None
    section = section_of(column.words) or ""
    heading = HEADINGS.get(section)
    why = f"{column.length:,.0f} characters on average"
    if heading is None:
        return Choice((column.path,), why)
    return Choice((column.path,), why, {"heading": heading[_is_vietnamese(column)]})


def _is_vietnamese(column: Column) -> bool:
    marked = sum(not _VIETNAMESE.isdisjoint(text.lower()) for text in column.texts)
    return marked > len(column.texts) / 2
