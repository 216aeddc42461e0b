"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.weight, self.bias = np.ones(features), np.zeros(features)
        self.running_mean, self.running_var = np.zeros(features), np.ones(features)

    def update(self, x):
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(0)
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0, ddof=1)

    def forward(self, x):
        if self.training:
            self.update(x)
        mean, variance = (x.mean(0), x.var(0)) if self.training else (self.running_mean, self.running_var)
        self.root = np.sqrt(variance + self.eps)
        self.hat, self.was_training = (x - mean) / self.root, self.training
        return self.hat * self.weight + self.bias

    def backward(self, grad):
        u = grad * self.weight
        if self.was_training:
            u = u - u.mean(0) - self.hat * (u * self.hat).mean(0)
        return u / self.root, (grad * self.hat).sum(0), grad.sum(0)


# %% backward-follows-the-mode: the backward looks at the current mode
class BatchNorm(Right):
    def backward(self, grad):
        self.was_training = self.training
        return super().backward(grad)


# %% layers-share-state: the saved values belong to the class
class BatchNorm(Right):
    saved = {}

    def forward(self, x):
        y = super().forward(x)
        self.saved["hat"] = self.hat
        return y

    def backward(self, grad):
        self.hat = self.saved["hat"]
        return super().backward(grad)


# %% eval-mode-updates-the-statistics: running_mean is updated in eval mode, too
class BatchNorm(Right):
    def forward(self, x):
        y = super().forward(x)
        if not self.training:
            self.running_mean = self.running_mean + self.momentum * (x.mean(0) - self.running_mean)
        return y


# %% training-backward-in-eval-mode: one backward for both modes
class BatchNorm(Right):
    def backward(self, grad):
        self.was_training = True
        return super().backward(grad)


# %% batch-statistics-in-eval-mode: the mode is ignored
class BatchNorm(Right):
    def forward(self, x):
        before, self.training = self.training, True
        kept = self.running_mean, self.running_var
        y = super().forward(x)
        self.training = before
        if not before:
            self.running_mean, self.running_var = kept
        return y


# %% starts-in-eval-mode: no training by default
class BatchNorm(Right):
    def __init__(self, features, eps=1e-5, momentum=0.1):
        super().__init__(features, eps, momentum)
        self.training = False


# %% starts-with-other-values: a running variance of zeros
class BatchNorm(Right):
    def __init__(self, features, eps=1e-5, momentum=0.1):
        super().__init__(features, eps, momentum)
        self.running_var = np.zeros(features)


# %% raises: a single row is refused, even in eval mode
class BatchNorm(Right):
    def forward(self, x):
        if len(x) < 2:
            raise ValueError("expected at least two rows")
        return super().forward(x)


# %% changes-its-input: x is standardized in place
class BatchNorm(Right):
    def forward(self, x):
        y = super().forward(x)
        x -= x.mean(0)
        return y


# %% other-defaults: eps is 1e-3
class BatchNorm(Right):
    def __init__(self, features, eps=1e-3, momentum=0.1):
        super().__init__(features, eps, momentum)


# %% changes-with-use: the third batch replaces the running mean
class BatchNorm(Right):
    batches = 0

    def forward(self, x):
        y = super().forward(x)
        self.batches += self.training
        if self.training and self.batches == 3:
            self.running_mean = x.mean(0)
        return y


# %% result-is-overwritten: all outputs share one array
class BatchNorm(Right):
    y = None

    def forward(self, x):
        y = super().forward(x)
        if self.y is None or self.y.shape != y.shape:
            self.y = np.empty_like(y)
        self.y[...] = y
        return self.y
