"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        if len(x) != len(target) or batch_size < 1:
            raise ValueError("lengths differ, or batch_size is below 1")
        self.x, self.target, self.batch_size, self.rng, self.drop_last = x, target, batch_size, rng, drop_last

    def __len__(self):
        return len(self.x) // self.batch_size + (len(self.x) % self.batch_size > 0 and not self.drop_last)

    def order(self):
        return self.rng.permutation(len(self.x))

    def __iter__(self):
        order = self.order()
        for i in range(len(self)):
            part = order[i * self.batch_size : (i + 1) * self.batch_size]
            yield self.x[part], self.target[part]


# %% pairs-broken: two permutations
class Batches(Right):
    def __iter__(self):
        for (x, _), (_, target) in zip(super().__iter__(), super().__iter__()):
            yield x, target


# %% examples-repeated-or-missing: drawn with replacement
class Batches(Right):
    def order(self):
        return self.rng.integers(0, len(self.x), len(self.x))


# %% same-order-in-every-epoch: the order is drawn when the loader is made
class Batches(Right):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.kept = self.rng.permutation(len(self.x))

    def order(self):
        return self.kept


# %% orders-not-equally-likely: each position is swapped with any other
class Batches(Right):
    def order(self):
        order = np.arange(len(self.x))
        for i in range(len(order)):
            j = self.rng.integers(len(order))
            order[i], order[j] = order[j], order[i]
        return order


# %% orders-repeat: a new order is drawn only in every second epoch
class Batches(Right):
    epochs = 0

    def order(self):
        self.epochs += 1
        if self.epochs % 2:
            self.kept = super().order()
        return self.kept


# %% wrong-number-of-batches: rounded down
class Batches(Right):
    def __len__(self):
        return len(self.x) // self.batch_size


# %% wrong-batch-sizes: drop_last drops even a full batch
class Batches(Right):
    def __iter__(self):
        batches = list(super().__iter__())
        return iter(batches[:-1] if self.drop_last and len(self.x) % self.batch_size == 0 else batches)


# %% gives-no-pairs: three values
class Batches(Right):
    def __iter__(self):
        for number, (x, target) in enumerate(super().__iter__()):
            yield number, x, target


# %% epochs-share-state: the loader is its own iterator
class Batches(Right):
    def __iter__(self):
        self.running = super().__iter__()
        return self

    def __next__(self):
        return next(self.running)


# %% shuffles-the-data: it shuffles x and target in place
class Batches(Right):
    def __iter__(self):
        order = self.order()
        self.x[:], self.target[:] = self.x[order], self.target[order]
        for i in range(len(self)):
            part = slice(i * self.batch_size, (i + 1) * self.batch_size)
            yield self.x[part].copy(), self.target[part].copy()


# %% batch-is-a-view: a slice if a batch holds one example
class Batches(Right):
    def __iter__(self):
        if self.batch_size > 1:
            yield from super().__iter__()
        else:
            for i in self.order():
                yield self.x[i : i + 1], self.target[i : i + 1]


# %% always-leaves-out-the-same: the end of the data is cut off before shuffling
class Batches(Right):
    def order(self):
        return self.rng.permutation(len(self) * self.batch_size if self.drop_last else len(self.x))


# %% seed-does-not-repeat: it draws from another generator
class Batches(Right):
    def order(self):
        return np.random.default_rng().permutation(len(self.x))


# %% rng-not-used: it uses its own seed
class Batches(Right):
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        super().__init__(x, target, batch_size, np.random.default_rng(0), drop_last)


# %% accepts-bad-arguments: nothing is checked
class Batches(Right):
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        self.x, self.target, self.batch_size, self.rng, self.drop_last = x, target, batch_size, rng, drop_last


# %% another-exception: an assertion
class Batches(Right):
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        assert len(x) == len(target)
        assert batch_size >= 1
        super().__init__(x, target, batch_size, rng, drop_last)


# %% changes-the-dtype: everything becomes float64
class Batches(Right):
    def __init__(self, x, target, batch_size, rng, drop_last=False):
        if x.dtype.kind in "fiu":
            x = x.astype(np.float64)
        super().__init__(x, target, batch_size, rng, drop_last)


# %% draws-too-early: the first order is drawn when the loader is made
class Batches(Right):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.first = super().order()

    def order(self):
        first, self.first = self.first, None
        return super().order() if first is None else first


# %% draws-too-much: it draws in every batch
class Batches(Right):
    def __iter__(self):
        for batch in super().__iter__():
            self.rng.random()
            yield batch


# %% gives-no-arrays: it yields lists
class Batches(Right):
    def __iter__(self):
        for x, target in super().__iter__():
            yield list(x), list(target)


# %% touches-the-global-state: seeded from rng, drawn from np.random
class Batches(Right):
    def order(self):
        np.random.seed(self.rng.integers(2**31))
        return np.random.permutation(len(self.x))
