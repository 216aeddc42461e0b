"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% reused: the first step reuses the gradient of the check
def train(parameters, loss, backward, measure, lr, steps):
    losses = []
    for step in range(steps):
        for parameter in parameters:
            parameter.grad = np.zeros(parameter.data.shape)
        backward()
        if step == 0:
            for parameter, measured in zip(parameters, measure()):
                wrong = ~np.isclose(parameter.grad, measured, rtol=1e-4, atol=1e-4)
                if wrong.any():
                    raise ValueError(f"{wrong.sum()} entries differ")
        losses.append(loss())
        for parameter in parameters:
            np.subtract(parameter.data, lr * parameter.grad, out=parameter.data)
    return losses


# %% class: an optimizer class, and gradients as the difference of two states of .grad
class Descent:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = parameters, lr

    def gradients(self, backward):
        before = [parameter.grad.copy() for parameter in self.parameters]
        backward()
        return [parameter.grad - old for parameter, old in zip(self.parameters, before)]

    def step(self, gradients):
        for parameter, gradient in zip(self.parameters, gradients):
            parameter.data[...] = parameter.data - self.lr * gradient


def train(parameters, loss, backward, measure, lr, steps):
    descent = Descent(parameters, lr)
    for mine, measured in zip(descent.gradients(backward), measure()):
        for one, other in zip(mine.flat, measured.flat):
            if abs(one - other) > 1e-4 * max(1, abs(other)):
                raise ValueError(f"{one} is not {other}")
    losses = np.empty(steps)
    for step in range(steps):
        losses[step] = loss()
        descent.step(descent.gradients(backward))
    return losses.tolist()


# %% generator: 0.0 instead of an array of zeros, and a list comprehension
def train(parameters, loss, backward, measure, lr, steps):
    def fresh():
        for parameter in parameters:
            parameter.grad = 0.0
        backward()
        return [parameter.grad for parameter in parameters]

    mine, measured = (np.concatenate([np.ravel(one) for one in gradients]) for gradients in (fresh(), measure()))
    if (np.abs(mine - measured) / np.maximum(1, np.abs(measured))).max() > 1e-4:
        raise ValueError("the gradients differ")

    def step():
        now = loss()
        for parameter, gradient in zip(parameters, fresh()):
            parameter.data -= lr * gradient
        return now

    return [step() for _ in range(steps)]
