"""Answers that the grader must reject, each under the name of its mistake."""

import copy

import numpy as np


class Right:
    """A correct layer, which the wrong ones change."""

    def __init__(self, p, rng=None):
        self.refuse(p)
        self.p, self.rng = p, rng if rng is not None else np.random.default_rng()

    def refuse(self, p):
        if not 0 <= p <= 1:
            raise ValueError(f"expected 0 <= p <= 1, got {p}")

    def draw(self, shape):
        return self.rng.random(shape) >= self.p

    def forward(self, x):
        self.mask = self.draw(x.shape)
        return self.apply(x)

    def backward(self, grad):
        return self.apply(grad)

    def apply(self, array):
        return array * self.mask / (1 - self.p or 1)


# %% p=1-gives-nan: 0/0
class Dropout(Right):
    def apply(self, array):
        return array * self.mask / (1 - self.p)


# %% p=1-fails: the scale is a division by zero
class Dropout(Right):
    def apply(self, array):
        return array * self.mask * (1 / (1 - self.p))


# %% p=1-forward-is-wrong: nothing is dropped at p = 1
class Dropout(Right):
    def draw(self, shape):
        return super().draw(shape) if self.p < 1 else np.ones(shape, dtype=bool)


# %% p=1-backward-is-wrong: backward passes everything at p = 1
class Dropout(Right):
    def backward(self, grad):
        return self.apply(grad) if self.p < 1 else grad


# %% refuses-p=1: p = 1 is refused
class Dropout(Right):
    def refuse(self, p):
        if not 0 <= p < 1:
            raise ValueError(f"expected 0 <= p < 1, got {p}")


# %% reseeds-the-global-state: seeds NumPy's global state in each draw, to be reproducible
class Dropout(Right):
    def draw(self, shape):
        np.random.seed(0)
        return super().draw(shape)


# %% accepts-a-bad-p: nothing is refused
class Dropout(Right):
    def refuse(self, p):
        pass


# %% accepts-nan: both comparisons with NaN are False
class Dropout(Right):
    def refuse(self, p):
        if p < 0 or p > 1:
            raise ValueError(f"expected 0 <= p <= 1, got {p}")


# %% refuses-too-late: forward refuses it
class Dropout(Right):
    def __init__(self, p, rng=None):
        self.p, self.rng = p, rng if rng is not None else np.random.default_rng()

    def forward(self, x):
        self.refuse(self.p)
        return super().forward(x)


# %% not-a-value-error: an assert, which `python -O` skips
class Dropout(Right):
    def refuse(self, p):
        assert 0 <= p <= 1


# %% every-layer-has-the-same-seed: a seed is written into the code
class Dropout(Right):
    def __init__(self, p, rng=None):
        super().__init__(p, np.random.default_rng(0) if rng is None else rng)


# %% global-state-without-a-generator: without a generator, it draws from the global state
class Dropout(Right):
    def __init__(self, p, rng=None):
        super().__init__(p, np.random if rng is None else rng)


# %% needs-a-generator: None is not handled
class Dropout(Right):
    def __init__(self, p, rng=None):
        self.refuse(p)
        self.p, self.rng = p, rng


# %% seeds-when-loaded: a line at the top of the file, to be reproducible
np.random.seed(42)


class Dropout(Right):
    pass


# %% one-generator-for-all-layers: the default is computed once
class Dropout:
    def __init__(self, p, rng=np.random.default_rng()):
        if not 0 <= p <= 1:
            raise ValueError(p)
        self.p, self.rng = p, rng

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p
        return self.backward(x)

    def backward(self, grad):
        return grad * self.kept * (1 / (1 - self.p) if self.p < 1 else 0.0)


# %% copies-the-generator: the caller's generator does not advance
class Dropout:
    def __init__(self, p, rng=None):
        if not 0 <= p <= 1:
            raise ValueError(p)
        self.p, self.rng = p, np.random.default_rng() if rng is None else copy.deepcopy(rng)

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p
        return self.backward(x)

    def backward(self, grad):
        return grad * self.kept * (1 / (1 - self.p) if self.p < 1 else 0.0)


# %% scale-is-nudged: 1e-8 in the denominator
class Dropout:
    def __init__(self, p, rng=None):
        if not 0 <= p <= 1:
            raise ValueError(p)
        self.p, self.rng = p, np.random.default_rng() if rng is None else rng

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p
        return self.backward(x)

    def backward(self, grad):
        return grad * self.kept * (1 / (1 - self.p + 1e-8))
