"""What is liked: things of the vocabulary to tick, and free words beside them.

A wish is kept in words. What is ticked becomes its name in the visitor's language; on return, what
is such a name, or another word for the same thing, is ticked again, and the rest stands in the
field for free words.
"""

from dataclasses import dataclass

from api.onboarding.schemas import Draft, FaultyError, Step, Wish
from conversation.repository import usual_concepts
from core.database import Connection
from core.text import tidy
from recommender.schemas import Criterion
from recommender.vocabulary import Concept, vocabulary

LONGEST_TEXT = 500
_MOST_PICKED = 40
_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a step asks.

    Attributes:
        interest: the field of the interests that holds the answer.
        criterion: that of its concepts.
        prefix: of the ids of its concepts.
    """

    interest: str
    criterion: Criterion
    prefix: str

    @property
    def picked(self) -> str:
        """Name of the check boxes."""
        return f"{self.interest}_pick"


ASKED: dict[Step, tuple[Question, ...]] = {
    Step.TRANSPORT: (Question("transportation", Criterion.TRANSPORTATION, "transportation."),),
    Step.FOOD: (Question("food", Criterion.FOOD, "food."),),
    Step.ACTIVITIES: (Question("activities", Criterion.ACTIVITIES, "activities."),),
    Step.LODGING: (
        Question("accommodation", Criterion.NOTES, "stay."),
        Question("notes", Criterion.NOTES, "notes."),
    ),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A thing to tick: its concept's id and name, and whether it is ticked."""

    concept: str
    label: str
    chosen: bool


def shown(step: Step, wish: Wish) -> Draft:
    """Return the fields for what a wish says of one step."""
    values: dict[str, tuple[str, ...]] = {}
    for question in ASKED[step]:
        picked, rest = _parted(getattr(wish.interests, question.interest) or "", question)
        values |= {question.picked: tuple(picked), question.interest: (", ".join(rest),)}
    return Draft(values)


def read(step: Step, draft: Draft, wish: Wish, language: str) -> Wish:
    """Return the wish with what was ticked and typed.

    Raises:
        FaultyError: it is too long.
    """
    before, said = shown(step, wish), {}
    for question in ASKED[step]:
        names = (question.picked, question.interest)
        if all(draft.all(name) == before.all(name) for name in names):
            continue  # it stays as it was written, in whatever language
        said[question.interest] = _text(draft, question, language)
    return wish.stating(**said)


def cards(connection: Connection, question: Question, draft: Draft, language: str) -> list[Card]:
    """Return what is ticked, and what most tours of the catalogue offer."""
    ticked = [each for each in draft.all(question.picked) if _is_concept(each, question)]
    usual = usual_concepts(connection, question.prefix, _OFFERED)
    listed = [*usual, *(each for each in dict.fromkeys(ticked) if each not in usual)]
    return [Card(each, label(each, language), each in ticked) for each in listed]


def label(concept_id: str, language: str) -> str:
    """Return what a concept is called."""
    labels = vocabulary().get(concept_id).labels
    return labels.get(language, labels["en"])


def _text(draft: Draft, question: Question, language: str) -> str | None:
    typed = tidy(draft.one(question.interest))
    if len(typed) > LONGEST_TEXT or len(draft.all(question.picked)) > _MOST_PICKED:
        raise FaultyError(**{question.interest: "tastes.too_long"})
    picked = [each for each in draft.all(question.picked) if _is_concept(each, question)]
    labels = [label(each, language) for each in dict.fromkeys(picked)]
    return ", ".join([*labels, typed] if typed else labels) or None


def _parted(text: str, question: Question) -> tuple[list[str], list[str]]:
    """Return the concepts that parts of a text name, and the parts that are more than a name."""
    picked: list[str] = []
    rest: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        concept = _named(part, question)
        if concept is None:
            rest.append(part)
        else:
            picked.append(concept.id)
    return list(dict.fromkeys(picked)), rest


def _named(part: str, question: Question) -> Concept | None:
    """Return the concept of which a part of a text is a name, and nothing else."""
    matches = vocabulary().find(part, [question.criterion])
    if len(matches) != 1 or matches[0].negated or matches[0].text != part:
        return None
    found = matches[0].concept
    return found if found.id.startswith(question.prefix) else None


def _is_concept(concept_id: str, question: Question) -> bool:
    """Tell whether there is such a concept for the question: a browser may send anything."""
    known = {each.id for each in vocabulary()}
    return concept_id in known and concept_id.startswith(question.prefix)
