# stage 8
"""Optimizers: the state of a parameter is a dictionary, which is empty until its first gradient."""

import math

import numpy as np


class Optimizer:
    def __init__(self, parameters, lr):
        self.lr = lr
        self.slots = [(parameter, {}) for parameter in parameters]

    def zero_grad(self):
        for parameter, _ in self.slots:
            parameter.grad = None

    def step(self):
        for parameter, memory in self.slots:
            if parameter.grad is not None:
                parameter.data[...] = parameter.data - self.lr * self.direction(parameter.grad, memory)


class SGD(Optimizer):
    def __init__(self, parameters, lr, momentum=0.0):
        super().__init__(parameters, lr)
        self.momentum = momentum

    def direction(self, gradient, memory):
        memory["velocity"] = self.momentum * memory.get("velocity", 0.0) + gradient
        return memory["velocity"]


class Adam(Optimizer):
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps

    def direction(self, gradient, memory):
        slow, slower = self.betas
        t, m, v = memory.get("all", (0, 0.0, 0.0))
        t, m, v = t + 1, slow * m + (1 - slow) * gradient, slower * v + (1 - slower) * gradient * gradient
        memory["all"] = t, m, v
        corrected = math.sqrt(1 - slower**t)
        return m * (corrected / (1 - slow**t)) / (np.sqrt(v) + self.eps * corrected)
