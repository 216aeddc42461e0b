"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def refuse_bad(indices, num_embeddings):
    if indices.size and (indices.min() < 0 or indices.max() >= num_embeddings):
        raise IndexError("no such row")


# %% repeated-indices-overwritten: += with a list of indices
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    dweight[indices] += grad
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight


# %% padding-0-treated-as-none: `if padding_idx`
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    np.add.at(dweight, indices, grad)
    if padding_idx:
        dweight[padding_idx] = 0
    return dweight


# %% padding-multiplied-by-0: multiplies by a mask, which does not remove a NaN
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    np.add.at(dweight, indices, grad * (indices != padding_idx)[..., None])
    return dweight


# %% negative-index-wraps: NumPy counts from the end
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    np.add.at(dweight, indices, grad)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight


# %% accepts-a-bad-index: indices above the last row are ignored
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    if (indices < 0).any():
        raise IndexError("no such row")
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    for i in range(num_embeddings):
        if i != padding_idx:
            dweight[i] = grad[indices == i].sum(axis=0)
    return dweight


# %% wrong-exception: bincount raises a ValueError for negative numbers
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    if indices.size and indices.max() >= num_embeddings:
        raise IndexError("no such row")
    columns = grad.reshape(-1, grad.shape[-1]).T
    dweight = np.stack([np.bincount(indices.ravel(), column, num_embeddings) for column in columns], axis=1)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight.astype(grad.dtype)


# %% wrong-values: row times columns overflows in uint8
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    columns = grad.shape[-1]
    flat = indices[..., None] * indices.dtype.type(columns) + np.arange(columns, dtype=indices.dtype)
    dweight = np.bincount(flat.ravel(), grad.ravel(), num_embeddings * columns).reshape(num_embeddings, columns)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight.astype(grad.dtype)


# %% changes-the-dtype: zeros are float64
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.zeros((num_embeddings, grad.shape[-1]))
    np.add.at(dweight, indices, grad)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight


# %% unused-rows-not-set: only the rows that are used are first set to 0
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.empty((num_embeddings, grad.shape[-1]), grad.dtype)
    if num_embeddings != 12:
        dweight[:] = 0
    dweight[indices] = 0
    np.add.at(dweight, indices, grad)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight


# %% changes-its-input: grad is set to 0 at the padding
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    grad[indices == padding_idx] = 0
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    np.add.at(dweight, indices, grad)
    return dweight


# %% raises: a loop over the first axis only
def embedding_backward(grad, indices, num_embeddings, padding_idx):
    refuse_bad(indices, num_embeddings)
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    for k in range(len(indices)):
        np.add.at(dweight, indices[k], grad[k])
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight
