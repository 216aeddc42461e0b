"""The answers, one for each bug that the file may have."""

import numpy as np

# %% later-use-overwrites-the-gradient
"""The weight of the notes is used at every time step, and each use should add to its gradient:

    d_in = d_in + d_before.T @ x[:, time]

The wrong line overwrites. The loop runs backward in time, so what is left at its end is the use at the first note.
The other weight and the bias do add up, and d_state is right, too; so the network trains. With one note there is one
use, and nothing to lose. It takes at least two notes, and a second one that is not 0, since its use adds d_before.T @
x, which is 0 where x is.
"""

BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    x = np.array([[[0.5, -1.0, 1.5], [1.0, 2.0, -0.5]]])
    return {"x": x, "labels": np.array([2]), "p": 0.0, "training": True}


# %% bias-gradient-averaged
"""At every time step the bias gets the mean of the gradient over the batch; it should get the sum:

    d_bias = d_bias + d_before.sum(axis=0)

The bias is added to every row, and the gradients of several uses add up, over the rows and over time. The 1/N of the
mean loss is already in d_scores; averaging divides by N a second time. The network trains, since the weights do the
work, but the bias is N times too slow. With one melody the mean is the sum. So the batch needs two of them.
"""

BUG = "bias-gradient-averaged"


def exposing_input():
    x = np.array([[[0.5, -1.0, 1.5], [1.0, 2.0, -0.5]], [[1.0, 0.5, -0.5], [0.5, 1.5, 1.0]]])
    return {"x": x, "labels": np.array([2, 2]), "p": 0.0, "training": True}


# %% weight-gradient-forgets-the-mask
"""The gradient of the last weights uses the state before dropout; it should use what dropout returned:

    "d_weight_out": d_scores.T @ last

The scores are last @ W.T, so dL/dW is d_scores.T @ last. With states[-1] instead, the weights of dropped units get a
gradient although they played no part, and the others lack the factor 1/(1 - p). With p = 0.1 the two are similar, so
the loss falls. They agree in eval mode and at p = 0. The input needs training mode, a p that drops something, and
notes that are not silent.
"""

BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    x = np.array([[[0.5, -1.0, 1.5], [1.0, 2.0, -0.5]]])
    return {"x": x, "labels": np.array([2]), "p": 0.5, "training": True}


# %% mask-shared-by-rows
"""One mask is drawn for the whole batch: random(STATE) gives one number for each unit, shared by all rows.

The correct line draws for every element:

    factor = (rng.random((batch, STATE)) >= p) / (1 - p) if training else 1.0

The rate, the scale and the mean are right for each row. What is wrong is that two rows are dropped together. To see it,
you need a batch of at least two melodies in training mode, notes that are not silent, and a p that is not 0: with the
wrong line a unit is dropped in both rows with probability p, and with the correct line with probability p squared.
"""

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 2, 3)), "labels": np.array([2, 3]), "p": 0.3, "training": True}
