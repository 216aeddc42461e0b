"""Right answers, written differently: none may be rejected."""

from collections import defaultdict

import numpy as np


# %% one-hot: a product with the one-hot matrix
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    flat = indices.reshape(-1).astype(np.int64)
    if ((flat < 0) | (flat >= num_embeddings)).any():
        raise IndexError("no such row")
    rows = grad.reshape(flat.size, grad.shape[-1])[flat != (-1 if padding_idx is None else padding_idx)]
    flat = flat[flat != (-1 if padding_idx is None else padding_idx)]
    return (np.arange(num_embeddings)[:, None] == flat).astype(grad.dtype) @ rows


# %% bincount: column by column
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    if any(not 0 <= i < num_embeddings for i in indices.ravel().tolist()):
        raise IndexError
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    for column in range(grad.shape[-1]):
        dweight[:, column] = np.bincount(indices.ravel(), grad[..., column].ravel(), num_embeddings)
    if padding_idx is not None:
        dweight[padding_idx, :] = 0.0
    return dweight


# %% sorted: equal indices are next to each other, and reduceat sums them
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    dweight = np.zeros((num_embeddings, grad.shape[-1]), dtype=grad.dtype)
    if indices.size == 0:
        return dweight
    flat = np.ravel(indices)
    if np.max(flat) >= num_embeddings or np.min(flat) < 0:
        raise IndexError(f"indices must lie in [0, {num_embeddings})")
    order = np.argsort(flat, kind="stable")
    used, starts = np.unique(flat[order], return_index=True)
    dweight[used] = np.add.reduceat(grad.reshape(flat.size, -1)[order], starts, axis=0)
    return dweight if padding_idx is None else np.where(np.arange(num_embeddings)[:, None] == padding_idx, 0, dweight)


# %% dictionary: one position after the other
def embedding_backward(grad, indices, num_embeddings, padding_idx=None):
    sums = defaultdict(lambda: np.zeros(grad.shape[-1], grad.dtype))
    for position in np.ndindex(indices.shape):
        if (row := int(indices[position])) not in range(num_embeddings):
            raise IndexError(row)
        if row != padding_idx:
            sums[row] += grad[position]
    return np.array([sums[row] for row in range(num_embeddings)])
