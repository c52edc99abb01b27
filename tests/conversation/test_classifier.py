"""The classifier: its weights follow from the committed messages, and it decides with care."""

import pytest

from conversation.understanding import Context, Intent, understand
from conversation.understanding.classifier import WEIGHTS, Classifier, likely_intents
from conversation.understanding.features import embedded_part, facts_of, pieces
from conversation.understanding.slots import read
from conversation.understanding.training.examples import load_examples
from conversation.understanding.training.making import fingerprint, make, prepare
from recommender.embedding import EMBEDDED, load_embedder


def test_the_weights_follow_from_the_committed_messages() -> None:
    assert Classifier.load().made_from == fingerprint()
    assert WEIGHTS.stat().st_size < 1_000_000


@pytest.mark.slow
def test_training_again_gives_the_same_decisions() -> None:
    examples, model = load_examples(), load_embedder(EMBEDDED)
    committed = Classifier.load()
    again = make(prepare(examples, model), committed.temperature, fingerprint())
    found = [read(each.text, each.context) for each in examples[::50]]
    embeddings = model.encode([embedded_part(each) for each in found])
    same = sum(
        committed.probabilities(each, vector).argmax() == again.probabilities(each, vector).argmax()
        for each, vector in zip(found, embeddings, strict=True)
    )
    assert same >= 0.98 * len(found)


def test_there_are_enough_examples_of_every_intent_in_both_languages() -> None:
    examples = load_examples()
    assert len(examples) >= 2_500
    for intent in Intent:
        assert sum(example.intent is intent for example in examples) >= 100


def test_the_examples_are_the_same_every_time() -> None:
    assert load_examples() == load_examples()


def test_the_odds_of_all_intents_make_one() -> None:
    likely = likely_intents(read("the boat one please, how do we go about it", Context()))
    assert likely is not None
    assert sum(likely.values()) == pytest.approx(1.0)
    assert set(likely) == set(Intent)


def test_the_facts_fit_the_weights() -> None:
    assert facts_of(read("hello", Context())).shape == Classifier.load().facts.shape[:1]


def test_pieces_are_of_unit_length() -> None:
    assert sum(value**2 for value in pieces("kayaking in @").values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("nobody picked us up this morning", Intent.HUMAN),
        ("dạo này bận, khỏi nhắn 1 tháng", Intent.PAUSE),
        ("how do I unclog a sink", Intent.OFF_TOPIC),
        ("thẻ visa bị nuốt ở cây atm", Intent.OFF_TOPIC),
        ("my wife would rather have the cabin with a balcony on the second one", Intent.REFINE),
    ],
)
def test_what_no_rule_knows_is_understood_by_its_meaning(text: str, intent: Intent) -> None:
    if intent is Intent.REFINE:
        assert understand(text, Context(has_interests=True, shown=3)).intent is not Intent.OFF_TOPIC
    else:
        assert understand(text).intent is intent
