"""`python -m conversation.understanding.training`: make the classifier's weights anew."""

import sys

from conversation.understanding.classifier import WEIGHTS
from conversation.understanding.training.examples import load_examples
from conversation.understanding.training.making import fingerprint, make, measure, prepare
from recommender.embedding import EMBEDDED, load_embedder


def main() -> None:
    """Fit, measure on unseen lines, and write the weights."""
    made_from = fingerprint()
    examples = load_examples()
    made = prepare(examples, load_embedder(EMBEDDED))
    found = measure(made)
    if fingerprint() != made_from:
        sys.exit("the messages were changed meanwhile; begin again")
    make(made, found.temperature, made_from).save(WEIGHTS)
    sys.stdout.write(
        f"{len(examples)} messages; on lines never seen: {found.accuracy:.3f} "
        f"(rules alone {found.rules_alone:.3f}); temperature {found.temperature:.2f}\n"
        f"written: {WEIGHTS}\n"
    )


if __name__ == "__main__":
    main()
