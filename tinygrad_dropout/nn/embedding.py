"""Embedding: a trained vector for each of a fixed set of items, such as words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._arguments import checked_lengths
from tinygrad_dropout.functional._embedding import checked_padding_idx
from tinygrad_dropout.nn.module import Module, Parameter
from tinygrad_dropout.rng import resolve_rng


class Embedding(Module):
    """Look up rows of a trained table: weight[indices].

    Args:
        num_embeddings, embedding_dim: the number of rows and their length.
        padding_idx: a row that starts as zeros and gets no gradient, for positions that only pad a sequence.
        dtype: of the table.
        rng: the generator for the initial values; the framework's own if None.

    Attributes:
        weight: Parameter (num_embeddings, embedding_dim), drawn from N(0, 1) as in PyTorch.

    The input is an integer Tensor or array of any shape; the output has one more axis, of length embedding_dim.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        shape = checked_lengths("Embedding", "sizes", (num_embeddings, embedding_dim))
        self.padding_idx = checked_padding_idx("Embedding", padding_idx, num_embeddings)
        drawn = resolve_rng("Embedding", rng).standard_normal(shape).astype(dtype)
        if self.padding_idx is not None:
            drawn[self.padding_idx] = 0
        self.weight = Parameter(drawn)

    def forward(self, indices: Any) -> Tensor:
        return F.embedding(indices, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}{padding}"
