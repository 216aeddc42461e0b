"""Exercise 44: the backward of looking up rows. The task: tasks/44_embedding_backward.md"""

import numpy as np


def embedding_backward(grad, indices, num_embeddings, padding_idx):
    """dL/dweight, where y = weight[indices] and grad is dL/dy."""
    raise NotImplementedError
