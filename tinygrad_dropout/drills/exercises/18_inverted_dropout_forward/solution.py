"""The forward of inverted dropout.

An element is kept with probability 1 - p. If a kept element is multiplied by s,

    E[y] = p * 0 + (1 - p) * s x, which is x if s = 1/(1 - p).

The scale is fixed beforehand. Dividing by the fraction that was actually kept would make the units dependent, and E[y]
would not be x for each of them. rng.random() < p has probability p, so >= p is the event of keeping. The scale is a
Python float, so float32 stays float32. (Srivastava et al. 2014, section 10, mention scaling in training.)
"""


def dropout_forward(x, p, rng):
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p)
