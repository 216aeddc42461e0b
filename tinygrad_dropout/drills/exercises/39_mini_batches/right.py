"""Right answers, written differently: none may be rejected."""

import math
from dataclasses import dataclass

import numpy as np


# %% dataclass: array_split by hand
@dataclass
class Batches:
    x: np.ndarray
    target: np.ndarray
    batch_size: int
    rng: np.random.Generator
    drop_last: bool = False

    def __post_init__(self):
        if self.batch_size <= 0 or len(self.x) != len(self.target):
            raise ValueError("expected a positive batch size, and as many targets as inputs")

    def __len__(self):
        n = len(self.x) / self.batch_size
        return math.floor(n) if self.drop_last else math.ceil(n)

    def __iter__(self):
        numbers = np.arange(len(self.x))
        self.rng.shuffle(numbers)
        return iter(
            [
                self.take(part)
                for part in np.split(numbers, range(self.batch_size, len(self.x), self.batch_size))
                if len(part) == self.batch_size or not self.drop_last
            ]
        )

    def take(self, part):
        return self.x[part], self.target[part]


# %% keys: an iterator class, and the order by sorting random keys
class Batches:
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        if not (batch_size >= 1 and x.shape[0] == target.shape[0]):
            raise ValueError(batch_size, x.shape, target.shape)
        self.data, self.size, self.rng, self.drop = (x, target), batch_size, rng, drop_last

    def __len__(self):
        n = self.data[0].shape[0]
        return (n if self.drop else n + self.size - 1) // self.size

    class Epoch:
        def __init__(self, data, size, keys, count):
            self.data, self.size, self.left, self.count = data, size, list(np.argsort(keys)), count

        def __iter__(self):
            return self

        def __next__(self):
            if not self.count:
                raise StopIteration
            self.count -= 1
            now, self.left = self.left[: self.size], self.left[self.size :]
            return tuple(np.take(array, now, axis=0) for array in self.data)

    def __iter__(self):
        return self.Epoch(self.data, self.size, self.rng.random(self.data[0].shape[0]), len(self))


# %% choice: without replacement, and copies of slices
class Batches:
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        if len(x) != len(target):
            raise ValueError("lengths differ")
        if int(batch_size) < 1:
            raise ValueError("batch_size")
        self.__dict__.update({k: v for k, v in locals().items() if k != "self"})

    def __len__(self):
        return sum(1 for _ in self.starts())

    def starts(self):
        n = len(self.x)
        return (i for i in range(0, n, self.batch_size) if not self.drop_last or i + self.batch_size <= n)

    def __iter__(self):
        order = self.rng.choice(len(self.x), size=len(self.x), replace=False)
        x, target = self.x[order], self.target[order]
        for i in self.starts():
            yield x[i : i + self.batch_size], target[i : i + self.batch_size]
