"""Batch norm: each feature is standardized over the batch. Forward and backward, in both modes.

For one feature and N rows, let s = sqrt(variance + eps) and h = (x - mean) / s. In training mode, x[i] of one row
changes every h[j] of the batch: directly (if i = j), through the mean, and through the variance:

    dh[j]/dx[i] = ([i = j] - 1/N - h[i] h[j] / N) / s

With u = dL/dy * weight, the sum over j of u[j] dh[j]/dx[i] is

    dL/dx = (u - mean(u) - h * mean(u * h)) / s

where the means are over the batch. In eval mode the statistics are constants, so only the direct path is left:
dL/dx = u / s. The running statistics are not part of the output in training mode, so no gradient flows through them.
"""

import numpy as np


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.weight, self.bias = np.ones(features), np.zeros(features)
        self.running_mean, self.running_var = np.zeros(features), np.ones(features)

    def forward(self, x):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            mean, variance = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
            self.running_var = self.running_var + self.momentum * (x.var(axis=0, ddof=1) - self.running_var)
        self.scale = np.sqrt(variance + self.eps)
        self.x_hat = (x - mean) / self.scale
        self.from_batch = self.training
        return self.x_hat * self.weight + self.bias

    def backward(self, grad):
        dx = grad * self.weight
        if self.from_batch:
            dx = dx - dx.mean(axis=0) - self.x_hat * (dx * self.x_hat).mean(axis=0)
        return dx / self.scale, (grad * self.x_hat).sum(axis=0), grad.sum(axis=0)
