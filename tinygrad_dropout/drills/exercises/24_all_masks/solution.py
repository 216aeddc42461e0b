"""The mean over all 2^n subnetworks, each weighted by its probability.

Units are dropped independently, so a mask m with k units kept has probability (1 - p)^k p^(n - k); the 2^n
probabilities add up to 1 (the binomial theorem). The expectation is the sum of probability times output:

    E[f] = sum over m of (1 - p)^k p^(n - k) f(x m / (1 - p))

The probabilities are all equal only at p = 0.5, so an unweighted mean is right only for that p. For a linear f the sum
can be moved inside f, and E[x m / (1 - p)] = x gives f(x): eval mode is exact. For any other f it is an approximation
(Baldi & Sadowski 2013).
"""

from itertools import product

import numpy as np


def mask_average(f, x, p):
    mean = 0.0
    for bits in product([False, True], repeat=len(x)):
        mask = np.array(bits)
        probability = (1 - p) ** mask.sum() * p ** (~mask).sum()
        mean = mean + probability * f(x * mask / (1 - p))
    return mean
