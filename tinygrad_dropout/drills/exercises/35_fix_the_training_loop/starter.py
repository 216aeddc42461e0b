"""Exercise 35: a training loop with several bugs. The task: tasks/35_fix_the_training_loop.md

Run this file to see what the loop reports. The model below is right; `train` is not.
"""

import numpy as np


class Model:
    """Linear regression with dropout on its inputs."""

    def __init__(self, features, rng):
        self.training, self.rng = True, rng
        self.parameters = [rng.normal(size=features), np.zeros(1)]
        self.gradients = [np.zeros(features), np.zeros(1)]

    def zero_gradients(self):
        for gradient in self.gradients:
            gradient[...] = 0

    def loss(self, x, target):
        weight, bias = self.parameters
        self.x = x * (self.rng.random(x.shape) >= 0.2) / 0.8 if self.training else x
        self.error = self.x @ weight + bias - target
        return float((self.error**2).mean())

    def backward(self):
        d_error = 2 * self.error / len(self.error)
        for gradient, more in zip(self.gradients, (self.x.T @ d_error, d_error.sum())):
            gradient += more


def train(model, batches, x_validation, target_validation, epochs, lr):
    """The mean training loss and the validation loss of each epoch; the model keeps the best parameters."""
    raise NotImplementedError  # read the loop, then delete this line
    history, best_loss, best = [], 0.0, None
    model.training = True
    for epoch in range(epochs):
        total, count = 0.0, 0
        for x, target in batches:
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter = parameter - lr * gradient
            total, count = total + loss, count + 1
        model.training = False
        validation_loss = model.loss(x, target)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, model.parameters
    model.parameters = best or model.parameters
    return history


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    x = rng.normal(size=(70, 5))
    target = x @ rng.normal(size=5) + rng.normal(size=70)
    batches = [(x[start : start + 16], target[start : start + 16]) for start in range(0, 50, 16)]
    for losses in train(Model(5, rng), batches, x[50:], target[50:], epochs=10, lr=0.05):
        print("training {:.3f}, validation {:.3f}".format(*losses))
