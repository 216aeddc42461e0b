"""The mask of dropout.

rng.random() is uniform in [0, 1). Such a number u is smaller than p with probability p, for 0 <= p <= 1:

    P(u < p) = p            the event of being dropped
    P(u >= p) = 1 - p       the event of being kept

At p = 0 no u is smaller, so everything is kept; at p = 1 every u is smaller, because 1 itself is never drawn. With one
u for each element, the events are independent, and the number of kept elements is binomial: n (1 - p) on average, with
a standard deviation of sqrt(n p (1 - p)).
"""


def bernoulli_mask(shape, p, rng):
    return rng.random(shape) >= p
