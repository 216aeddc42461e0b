"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% closures: each forward makes its own backward
class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.weight, self.bias = np.ones(features), np.zeros(features)
        self.running_mean, self.running_var = np.zeros(features), np.ones(features)
        self.training = True

    def forward(self, x):
        return self._train(x) if self.training else self._evaluate(x)

    def _train(self, x):
        n = len(x)
        mean = x.sum(axis=0) / n
        centered = x - mean
        variance = (centered**2).sum(axis=0) / n
        self.running_mean *= 1 - self.momentum
        self.running_mean += self.momentum * mean
        self.running_var *= 1 - self.momentum
        self.running_var += self.momentum * variance * n / (n - 1)
        inverse = (variance + self.eps) ** -0.5
        hat, weight = centered * inverse, self.weight

        def backward(grad):
            dbias, dweight = grad.sum(axis=0), np.einsum("nd,nd->d", grad, hat)
            return weight * inverse / n * (n * grad - dbias - hat * dweight), dweight, dbias

        self.backward = backward
        return weight * hat + self.bias

    def _evaluate(self, x):
        inverse = 1 / np.sqrt(self.running_var + self.eps)
        hat, factor = (x - self.running_mean) * inverse, self.weight * inverse
        self.backward = lambda grad: (grad * factor, (grad * hat).sum(0), grad.sum(0))
        return hat * self.weight + self.bias

    def backward(self, grad):
        raise RuntimeError("forward comes first")


# %% feature-by-feature: loops over the columns
class BatchNorm:
    training = True

    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.weight = np.ones(features)
        self.bias = np.zeros(features)
        self.running_mean = np.zeros(features)
        self.running_var = np.ones(features)

    def forward(self, x):
        y, self.columns = np.empty(x.shape), []
        for j, column in enumerate(x.T):
            mean, variance = self.running_mean[j], self.running_var[j]
            if self.training:
                mean, variance = np.mean(column), np.var(column)
                self.running_mean[j] += self.momentum * (mean - self.running_mean[j])
                self.running_var[j] += self.momentum * (np.var(column, ddof=1) - self.running_var[j])
            scale = np.sqrt(variance + self.eps)
            hat = (column - mean) / scale
            self.columns.append((hat, scale, self.training))
            y[:, j] = hat * self.weight[j] + self.bias[j]
        return y

    def backward(self, grad):
        dx, dweight, dbias = np.empty(grad.shape), [], []
        for j, (hat, scale, training) in enumerate(self.columns):
            g, n = grad[:, j], len(grad)
            jacobian = np.eye(n) - training * (np.ones((n, n)) + np.outer(hat, hat)) / n
            dx[:, j] = jacobian @ g * self.weight[j] / scale
            dweight.append(g @ hat)
            dbias.append(g.sum())
        return dx, np.array(dweight), np.array(dbias)


# %% properties: attributes set in loops
class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.__dict__.update(eps=eps, momentum=momentum, training=True, saved=None)
        for name, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            setattr(self, name, np.full(features, value))

    def forward(self, x):
        if self.training:
            mean, biased, rows = x.mean(0), x.var(0), x.shape[0]
            keep = 1 - self.momentum
            self.running_mean = keep * self.running_mean + self.momentum * mean
            self.running_var = keep * self.running_var + self.momentum * biased * rows / (rows - 1)
        else:
            mean, biased, rows = self.running_mean, self.running_var, np.inf
        self.saved = (x - mean) / np.sqrt(biased + self.eps), np.sqrt(biased + self.eps), rows
        return self.saved[0] * self.weight + self.bias

    def backward(self, grad):
        hat, root, rows = self.saved
        dweight, dbias = (grad * hat).sum(0), grad.sum(0)
        return (grad - dbias / rows - hat * dweight / rows) * self.weight / root, dweight, dbias
