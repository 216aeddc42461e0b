"""The forward of inverted dropout.

An element is kept with probability 1 - p. If a kept element is multiplied by s,

    E[y] = p * 0 + (1 - p) * s x,        which is x exactly for s = 1/(1 - p).

The scale is fixed beforehand. Dividing by the fraction that was really kept would tie the units together, and E[y]
would not be x for each of them. rng.random() < p has probability p, so >= p is the event of keeping. The scale is a
Python float, which leaves float32 as it is. (Srivastava et al. 2014, section 10: one may scale while training.)
"""


def dropout_forward(x, p, rng):
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p)
