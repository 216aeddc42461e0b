"""Monte Carlo dropout (Gal & Ghahramani 2016).

The task asks for an expectation over masks, E_z[softmax(f(x, z))]. The mean over T independent masks has
that expectation, and its variance is that of one pass divided by T:

    mean = (1/T) sum_t p_t,    s^2 = sum_t (p_t - mean)^2 / (T - 1),    standard error = s / sqrt(T)

The denominator is T - 1 because the mean was computed from the same T numbers. With more passes, s converges to the
standard deviation of one pass, and the standard error goes to 0. The softmax belongs inside: softmax(E[logits]) differs
from E[softmax(logits)], because softmax is not linear.
"""

import numpy as np


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(samples)
