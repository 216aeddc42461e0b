"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    """A correct layer, which the wrong ones change."""

    def __init__(self, p, rng):
        self.p, self.rng, self.masks = p, rng, []

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p

    def thin(self, array, mask):
        return array * mask / (1 - self.p)


# %% mask-overwritten-by-the-next-forward: the inner function looks at self.mask
class Dropout(Right):
    def forward(self, x):
        self.mask = self.draw(x)
        return self.thin(x, self.mask), lambda grad: self.thin(grad, self.mask)


# %% masks-from-a-stack: the last mask is used first
class Dropout(Right):
    def forward(self, x):
        self.masks.append(self.draw(x))
        return self.thin(x, self.masks[-1]), lambda grad: self.thin(grad, self.masks.pop())


# %% masks-from-a-queue: the first mask is used first, whichever backward is called
class Dropout(Right):
    def forward(self, x):
        self.masks.append(self.draw(x))
        return self.thin(x, self.masks[-1]), lambda grad: self.thin(grad, self.masks.pop(0))


# %% first-mask-forever: the mask of the first forward is always used
class Dropout(Right):
    def forward(self, x):
        self.masks.append(self.draw(x))
        first = next(mask for mask in self.masks if mask.shape == x.shape)
        return self.thin(x, self.masks[-1]), lambda grad: self.thin(grad, first)


# %% only-once: the mask is discarded after its first backward
class Dropout(Right):
    def forward(self, x):
        waiting = [self.draw(x)]
        return self.thin(x, waiting[0]), lambda grad: self.thin(grad, waiting.pop())


# %% backward-uses-another-mask: backward draws its own mask
class Dropout(Right):
    def forward(self, x):
        return self.thin(x, self.draw(x)), lambda grad: self.thin(grad, self.draw(grad))


# %% other-shapes-disturb: an input of another shape is treated as a new batch, and the old masks are discarded
class Dropout(Right):
    def forward(self, x):
        if self.masks and self.masks[0].shape != x.shape:
            self.masks.clear()
        self.masks.append(self.draw(x))
        number = len(self.masks) - 1
        return self.thin(x, self.masks[number]), lambda grad: self.thin(grad, self.masks[number])


# %% layers-share-their-mask: the masks belong to the class
class Dropout(Right):
    last = []

    def forward(self, x):
        mask = self.draw(x)
        self.last[:] = [mask]
        mine = len(self.masks)
        self.masks.append(mask)

        def backward(grad):
            own = self.last[0] if mine == len(self.masks) - 1 and self.last[0].shape == grad.shape else self.masks[mine]
            return self.thin(grad, own)

        return self.thin(x, mask), backward


# %% no-pair: only y
class Dropout(Right):
    def forward(self, x):
        self.mask = self.draw(x)
        return self.thin(x, self.mask)

    def backward(self, grad):
        return self.thin(grad, self.mask)


# %% backward-is-no-function: the mask instead of the function
class Dropout(Right):
    def forward(self, x):
        mask = self.draw(x)
        return self.thin(x, mask), mask


# %% backward-moves-the-generator: restores its old state, and draws the mask again
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        state = self.rng.bit_generator.state

        def thin(array):
            return array * (self.rng.random(array.shape) >= self.p) / (1 - self.p)

        def backward(grad):
            self.rng.bit_generator.state = state
            return thin(grad)

        return thin(x), backward


# %% forgets-old-masks: only the last ten are kept
class Dropout(Right):
    def forward(self, x):
        number, mask = len(self.masks), self.draw(x)
        self.masks.append(mask)
        if number >= 10:
            self.masks[number - 10] = None
        return self.thin(x, mask), lambda grad: self.thin(grad, self.masks[number])
