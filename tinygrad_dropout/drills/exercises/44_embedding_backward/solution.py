"""The gradient of an embedding's table.

A lookup is a copy: y[k, j] = weight[i_k, j] for each position k. A copy has derivative 1, and the gradients of all
copies of the same number add up:

    dweight[i, j] = sum of grad[k, j] over all positions k with i_k = i

This equals the product of a one-hot matrix with grad, but needs no matrix. `dweight[indices] += grad` is not that sum:
it reads all rows, adds, and writes all rows, so for a repeated index only the last position counts. `np.add.at` adds
one position after the other.

The padding row is set to 0 at the end. Multiplying grad by 0 at its positions would leave a NaN. NumPy counts negative
indices from the end, so they must be refused first.
"""

import numpy as np


def embedding_backward(grad, indices, num_embeddings, padding_idx):
    if indices.size and not 0 <= indices.min() <= indices.max() < num_embeddings:
        raise IndexError(f"expected indices from 0 to {num_embeddings - 1}, got {indices.min()} to {indices.max()}")
    dweight = np.zeros((num_embeddings, grad.shape[-1]), dtype=grad.dtype)
    np.add.at(dweight, indices, grad)
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight
