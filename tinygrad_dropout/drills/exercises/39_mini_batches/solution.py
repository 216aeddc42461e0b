"""A mini-batch loader: one permutation for each epoch, cut into pieces.

x and target are indexed by the same permutation, so rows that belong together stay together; shuffling the two arrays
separately would break the pairs. A permutation gives each example exactly once. Drawing indices with replacement would
not: of N examples, an epoch of N draws misses each one with probability (1 - 1/N)**N, about 37%.

Indexing with an array of integers copies, so you can change a batch without changing x. If N mod batch_size is not 0,
the last batch has that many examples. There are ceil(N / batch_size) batches with it, and N // batch_size without.
"""

import numpy as np


class Batches:
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        if len(x) != len(target):
            raise ValueError(f"expected as many targets as inputs, got {len(target)} and {len(x)}")
        if batch_size < 1:
            raise ValueError(f"expected a batch_size of at least 1, got {batch_size}")
        self.x, self.target, self.batch_size, self.rng, self.drop_last = x, target, batch_size, rng, drop_last

    def __len__(self):
        whole, rest = divmod(len(self.x), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self):
        order = self.rng.permutation(len(self.x))
        for number in range(len(self)):
            chosen = order[number * self.batch_size : (number + 1) * self.batch_size]
            yield self.x[chosen], self.target[chosen]
