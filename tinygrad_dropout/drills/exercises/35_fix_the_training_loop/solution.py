"""The training loop, with eight mistakes fixed.

1. model.training = True was set before the loop over the epochs, so it was False from the second epoch on. 2. The
gradients were never set to zero, so every step used the sum of all gradients so far: dL1/dw + dL2/dw + ... 3. parameter
= parameter - ... made a new array, and the model kept the old one. -= changes the model's array. 4. The mean of the
batch means is not the mean over the examples if the last batch is smaller. Weight each mean by the size of its batch:
sum(n_b * loss_b) / sum(n_b). 5. The validation loss was computed on the last training batch. 6. The best loss began at
0, and no loss is below that; it must begin at infinity. 7. best was the list of the model's own arrays, which the next
step changes; it must hold copies. 8. model.parameters = best gave the model another list. Write the values into the
model's own arrays; otherwise anything else that uses them, such as an optimizer, is left with the old ones.
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
    history, best_loss, best = [], float("inf"), None
    for _ in range(epochs):
        model.training = True
        total, count = 0.0, 0
        for x, target in batches:
            model.zero_gradients()
            loss = model.loss(x, target)
            model.backward()
            for parameter, gradient in zip(model.parameters, model.gradients):
                parameter -= lr * gradient
            total, count = total + loss * len(x), count + len(x)
        model.training = False
        validation_loss = model.loss(x_validation, target_validation)
        history.append((total / count, validation_loss))
        if validation_loss < best_loss:
            best_loss, best = validation_loss, [parameter.copy() for parameter in model.parameters]
    for parameter, kept in zip(model.parameters, best):
        parameter[...] = kept
    return history
