"""The answers, one for each bug that the file may have."""

import numpy as np

# %% mask-inferred-from-the-output
"""Dropout's backward infers the mask from the output: it treats y == 0 as dropped. It should use what was drawn:

    return y, lambda grad: np.where(kept, grad / (1 - p), 0)

An element that is 0 and kept gives y = 0 as well, but its gradient is grad/(1 - p), since changing x would change y.
The vectors of the words 15 to 19 begin at 0. With the wrong line they get no gradient, and stay 0 forever; the other
words learn, so the loss falls. The input needs one such word, in training mode: words 0 to 14 have no exact zeros,
and eval mode does not reach the line. p = 0 works well: nothing is dropped, but the gradient is gone all the same.
"""

BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.array([[2, 17, 5]]), "kinds": np.array([1]), "p": 0.0, "training": True}


# %% later-use-overwrites-the-gradient
"""A word that occurs twice gets only the gradient of its last place; it should get the sum over all its places:

    np.add.at(d_vectors, words, take_back(d_read))

d_vectors[words] = ... assigns: if an index occurs several times, only the last value stays. (d_vectors[words] += ...
does not help: it reads all old values first.) np.add.at adds up. Each vector still gets a gradient of the right
direction, so the loss falls. The bug shows only if some word occurs twice, in one review or in two.
"""

BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"words": np.array([[2, 7, 2]]), "kinds": np.array([1]), "p": 0.0, "training": True}


# %% mask-redrawn-in-backward
"""Dropout's backward draws its own mask; it should use the one that forward drew:

    return y, lambda grad: np.where(kept, grad / (1 - p), 0)

The gradient goes through elements that were dropped, and stops at elements that were kept. Its mean over many masks
still points downhill, so the loss falls. In eval mode nothing is drawn, and with p = 0 every mask keeps everything. The
bug shows in any run in which the two masks differ: take training mode and a p near 0.5.
"""

BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"words": np.array([[2, 7, 5]]), "kinds": np.array([1]), "p": 0.5, "training": True}


# %% bias-gradient-averaged
"""The bias gets the mean of the upstream gradient over the reviews; it should get the sum:

    "d_bias": d_scores.sum(axis=0)

A bias is added to the scores of every review, and the gradients of several uses add up. d_scores already has the 1/N
of the mean loss; averaging divides by N a second time. The network trains, since vectors and weights do the work, but
the bias is N times too slow. With one review the mean is the sum. So the batch needs two reviews whose gradients do
not cancel, such as two of the same kind.
"""

BUG = "bias-gradient-averaged"


def exposing_input():
    return {"words": np.array([[2, 7, 5], [1, 3, 4]]), "kinds": np.array([1, 1]), "p": 0.0, "training": True}
