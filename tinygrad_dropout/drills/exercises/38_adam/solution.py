"""Adam: a step by the moving average of the gradient, divided by the root of the moving average of its square.

Why the correction: with m = 0 at first, m after t steps is a weighted sum of t gradients,

    m = (1 - beta1) * (g[t] + beta1 * g[t-1] + ... + beta1**(t-1) * g[1])

whose weights sum to (1 - beta1) * (1 + beta1 + ... + beta1**(t-1)) = 1 - beta1**t. Dividing by that sum makes it an
average again; the same is true for v. In the first step m / (1 - beta1) = g and v / (1 - beta2) = g**2, so the
parameter moves by lr * g / (|g| + eps), which is lr wherever |g| is much larger than eps.

The decay is decoupled: it multiplies the parameter. If weight_decay * parameter were added to g, it would be divided by
the root of v, and weights with large gradients would decay less.
"""

import numpy as np


class Adam:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.parameters, self.lr, self.betas = list(parameters), lr, betas
        self.eps, self.weight_decay = eps, weight_decay
        self.averages = [(np.zeros_like(one), np.zeros_like(one)) for one in self.parameters]
        self.steps = [0] * len(self.parameters)

    def step(self, gradients):
        beta1, beta2 = self.betas
        for index, (parameter, gradient) in enumerate(zip(self.parameters, gradients)):
            if gradient is None:
                continue
            self.steps[index] += 1
            mean, square = self.averages[index]
            mean += (1 - beta1) * (gradient - mean)
            square += (1 - beta2) * (gradient**2 - square)
            m = mean / (1 - beta1 ** self.steps[index])
            v = square / (1 - beta2 ** self.steps[index])
            parameter *= 1 - self.lr * self.weight_decay
            parameter -= self.lr * m / (np.sqrt(v) + self.eps)
