"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    """A correct layer, which the wrong ones change."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True
        self.mask = None

    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p if self.training else None
        return self.apply(x)

    def backward(self, grad):
        return self.apply(grad)

    def apply(self, array):
        return array if self.mask is None else array * self.mask / (1 - self.p)


# %% drops-in-eval: the mode is ignored
class Dropout(Right):
    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p
        return self.apply(x)


# %% eval-scales-by-1-p: inverted dropout, but eval mode also multiplies by 1 - p
class Dropout(Right):
    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y * (1 - self.p)


# %% eval-scales-by-1/(1-p): the scale is outside the branch
class Dropout(Right):
    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p if self.training else np.ones(x.shape, dtype=bool)
        return self.apply(x)


# %% original-scheme: scales in eval mode, not in training
class Dropout(Right):
    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p if self.training else None
        return x * self.mask if self.training else x * (1 - self.p)

    def backward(self, grad):
        return grad * self.mask if self.training else grad * (1 - self.p)


# %% scale-missing: scales in neither mode
class Dropout(Right):
    def apply(self, array):
        return array if self.mask is None else array * self.mask


# %% never-drops-again: p is set to 0 in eval mode, and stays 0
class Dropout(Right):
    def forward(self, x):
        if not self.training:
            self.p = 0.0
        self.mask = self.rng.random(x.shape) >= self.p
        return self.apply(x)


# %% old-mask-in-eval-backward: eval mode returns early and leaves the old mask
class Dropout(Right):
    def forward(self, x):
        return super().forward(x) if self.training else x

    def backward(self, grad):
        return grad if self.mask is None or self.mask.shape != grad.shape else self.apply(grad)


# %% raises: eval mode leaves no mask, and backward needs one
class Dropout(Right):
    def backward(self, grad):
        return grad * (self.mask + 0) / (1 - self.p)


# %% eval-backward-scales: backward scales in eval mode
class Dropout(Right):
    def backward(self, grad):
        return grad / (1 - self.p) if self.mask is None else self.apply(grad)


# %% never-drops: the modes are swapped
class Dropout(Right):
    def forward(self, x):
        self.mask = None if self.training else self.rng.random(x.shape) >= self.p
        return self.apply(x)


# %% backward-forgets-the-scale: backward applies the mask but not the scale
class Dropout(Right):
    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask


# %% starts-in-eval-mode: a new layer does not drop
class Dropout(Right):
    def __init__(self, p, rng):
        super().__init__(p, rng)
        self.training = False


# %% no-mode: there is no attribute training
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p
        return x * self.mask / (1 - self.p)

    def backward(self, grad):
        return grad * self.mask / (1 - self.p)


# %% eval-is-rounded: multiplies by 1 - p and divides by it
class Dropout(Right):
    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p if self.training else np.full(x.shape, 1 - self.p)
        return self.apply(x)


# %% mask-inferred-from-the-sign: as if dropout were a ReLU
class Dropout(Right):
    def forward(self, x):
        self.y = super().forward(x)
        return self.y

    def backward(self, grad):
        return grad * (self.y > 0) / (1 - self.p)


# %% backward-passes-where-dropped: the gradients of dropped units are passed on
class Dropout(Right):
    def backward(self, grad):
        return grad if self.mask is None else np.where(self.mask, grad / (1 - self.p), grad)


# %% backward-subtracts-p: mask / 1 - p
class Dropout(Right):
    def backward(self, grad):
        return grad if self.mask is None else grad * (self.mask / 1 - self.p).astype(grad.dtype)


# %% backward-averages: 1/N
class Dropout(Right):
    def backward(self, grad):
        return super().backward(grad) / len(grad)


# %% backward-uses-another-mask: draws again
class Dropout(Right):
    def backward(self, grad):
        return super().forward(grad)


# %% training-cannot-be-set: a property without a setter
class Dropout(Right):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    @property
    def training(self):
        return True


# %% training-does-not-stay: a property that ignores what is set
class Dropout(Right):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    training = property(lambda self: True, lambda self, mode: None)


# %% mode-cannot-be-read: a property that raises
class Dropout(Right):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    @property
    def training(self):
        return self.modes["training"] if hasattr(self, "modes") else {}["training"]


# %% forward-changes-x: it works in place
class Dropout(Right):
    def forward(self, x):
        self.mask = self.rng.random(x.shape) >= self.p if self.training else None
        if self.training:
            x *= self.mask
        return self.apply(x)


# %% scale-is-nudged: 1e-10 in the denominator, to be safe
class Dropout(Right):
    def apply(self, array):
        return array if self.mask is None else array * self.mask / (1 - self.p + 1e-10)


# %% eval-output-is-overwritten: eval mode always writes into the same array
class Dropout(Right):
    out = np.empty(0)

    def forward(self, x):
        y = super().forward(x)
        if self.training:
            return y
        if self.out.shape != x.shape or self.out.dtype != x.dtype:
            self.out = np.empty(x.shape, x.dtype)
        self.out[...] = x
        return self.out


# %% layers-share-their-mask: the mask belongs to the class
class Dropout(Right):
    def forward(self, x):
        y = super().forward(x)
        Dropout.shared = self.mask
        return y

    def backward(self, grad):
        self.mask = Dropout.shared
        return self.apply(grad)


# %% gradient-is-overwritten: the backward of eval mode always writes into the same array
class Dropout(Right):
    out = np.empty(0)

    def backward(self, grad):
        if self.mask is not None:
            return super().backward(grad)
        if self.out.shape != grad.shape or self.out.dtype != grad.dtype:
            self.out = np.empty(grad.shape, grad.dtype)
        self.out[...] = grad
        return self.out
