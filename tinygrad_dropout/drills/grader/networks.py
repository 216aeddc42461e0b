"""Small networks whose backward passes a replay shows."""

from collections.abc import Callable

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

Layer = Callable[[td.Tensor], td.Tensor]


def network(p: float) -> None:
    """An MLP with dropout. Its weights are square, so that a wrong transpose shows in numbers, not in shapes."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(3, 4))
    values[0] = 0  # where the bias is 0, too, ReLU is at its kink
    x, target = td.Tensor(values), np.array([0, 2, 1])
    model = td.nn.Sequential(
        td.nn.Linear(4, 4, dtype=np.float64, rng=rng),
        td.nn.ReLU(),
        td.nn.Dropout(p, rng=rng),
        td.nn.Linear(4, 4, dtype=np.float64, rng=rng),
    )
    bias = dict(model.named_parameters())["0.bias"]
    bias.data = np.where(np.arange(4) < 3, 0.0, bias.data)
    loss = F.cross_entropy(model(x), target)
    loss.backward()


def few_operations(p: float) -> None:
    """Products and means of square matrices."""
    rng = np.random.default_rng(0)
    x, y, weight = (td.Tensor(rng.normal(size=(3, 3)), requires_grad=True) for _ in range(3))
    product = (x * y + x) @ weight
    loss = ((product * product).mean(axis=1) * product.sum(axis=1)).sum()
    loss.backward()


def more_operations(p: float) -> None:
    """Differences, quotients, exponentials and logarithms of small tables."""
    rng = np.random.default_rng(0)
    x, y = (td.Tensor(rng.uniform(0.5, 2.0, size=(3, 3)), requires_grad=True) for _ in range(2))
    ratio = (x - y).tanh() / (x.exp() + y)
    loss = (ratio * (x * y).log()).sum()
    loss.backward()


def attention_pooling(p: float) -> None:
    """Classify three sentences of four words as yes or no, by a mean of their word vectors with softmax weights.

    Words occur several times, and word 0 pads the short sentences.
    """
    rng = np.random.default_rng(0)
    table, query, output = (td.Tensor(rng.normal(size=shape), requires_grad=True) for shape in ((5, 3), (3,), (3,)))
    words = F.embedding(np.array([[1, 2, 1, 3], [4, 2, 0, 0], [3, 3, 4, 0]]), table, padding_idx=0)
    weights = F.softmax((words * query).sum(axis=-1), axis=-1)
    sentences = (words * weights.reshape(3, 4, 1)).sum(axis=1)
    loss = F.binary_cross_entropy_with_logits((sentences * output).sum(axis=-1), np.array([1.0, 0.0, 0.8]))
    loss.backward()


def two_layers(dropout: Layer, another: Layer) -> None:
    """An MLP with two of the learner's dropout layers. After tanh, only dropped units are 0."""
    rng = np.random.default_rng(0)
    x, target = td.Tensor(rng.normal(size=(4, 3))), np.array([0, 2, 1, 2])
    first, second, third = (td.nn.Linear(*sizes, dtype=np.float64, rng=rng) for sizes in ((3, 4), (4, 4), (4, 3)))
    h = dropout(first(x).tanh())
    h = another(second(h).tanh())
    loss = F.cross_entropy(third(h), target)
    loss.backward()
