# stage 8
"""From gradients to steps."""

import numpy as np


class SGD:
    """velocity = momentum * velocity + grad; parameter -= lr * velocity."""

    def __init__(self, parameters, lr, momentum=0.0):
        self.parameters, self.lr, self.momentum = list(parameters), lr, momentum
        self.velocities = [np.zeros_like(one.data) for one in self.parameters]

    def step(self):
        for parameter, velocity in zip(self.parameters, self.velocities):
            if parameter.grad is not None:
                velocity *= self.momentum
                velocity += parameter.grad
                parameter.data -= self.lr * velocity

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None


class Adam(SGD):
    """Steps by the mean gradient over the root of the mean squared gradient (Kingma & Ba 2015, algorithm 1).

    Both means start at 0; dividing by 1 - beta ** steps corrects for that.
    """

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps
        self.squares = [np.zeros_like(one.data) for one in self.parameters]
        self.steps = [0] * len(self.parameters)

    def step(self):
        beta1, beta2 = self.betas
        for i, (parameter, mean, square) in enumerate(zip(self.parameters, self.velocities, self.squares)):
            if parameter.grad is not None:
                self.steps[i] += 1
                mean += (1 - beta1) * (parameter.grad - mean)
                square += (1 - beta2) * (parameter.grad**2 - square)
                root = np.sqrt(square / (1 - beta2 ** self.steps[i])) + self.eps
                parameter.data -= self.lr * (mean / (1 - beta1 ** self.steps[i])) / root
