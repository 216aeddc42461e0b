"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def clean(parameters):
    for parameter in parameters:
        parameter.grad = np.zeros_like(parameter.data)


def check(parameters, backward, measure):
    clean(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        if (np.abs(parameter.grad - measured) > 1e-4 * np.maximum(1, np.abs(measured))).any():
            raise ValueError("wrong gradient")


# %% wrong-sign-of-the-step: up in place of down
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data += lr * parameter.grad
    return losses


# %% rebinds-the-parameter: a new array in .data
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data = parameter.data - lr * parameter.grad
    return losses


# %% parameters-unchanged: a name is bound anew
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            data = parameter.data
            data = data - lr * parameter.grad
    return losses


# %% gradients-never-zeroed: cleaned after the check, and not again
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    clean(parameters)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% gradient-of-the-check-left: cleaned after each step, and not after the check
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
        clean(parameters)
    return losses


# %% refuses-a-right-gradient: the check does not begin with clean gradients
def train(parameters, loss, backward, measure, lr, steps):
    backward()
    for parameter, measured in zip(parameters, measure()):
        if not np.allclose(parameter.grad, measured, rtol=1e-4, atol=1e-4):
            raise ValueError("wrong gradient")
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% stale-gradients-at-the-start: no check, and cleaned after each step alone
def train(parameters, loss, backward, measure, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss())
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
        clean(parameters)
    return losses


# %% gradient-not-checked: nothing is compared
def train(parameters, loss, backward, measure, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% check-sees-too-little: sums are compared, so that errors cancel
def train(parameters, loss, backward, measure, lr, steps):
    clean(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        if abs(parameter.grad.sum() - measured.sum()) > 1e-4 * max(1, abs(measured.sum())):
            raise ValueError("wrong gradient")
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% tolerance-too-small: absolute
def train(parameters, loss, backward, measure, lr, steps):
    clean(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        if np.abs(parameter.grad - measured).max() > 1e-4:
            raise ValueError("wrong gradient")
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% steps-before-the-check: the gradient is compared after each step's update
def train(parameters, loss, backward, measure, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss())
        measured = measure()
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
        for parameter, one in zip(parameters, measured):
            if (np.abs(parameter.grad - one) > 1e-4 * np.maximum(1, np.abs(one))).any():
                raise ValueError("wrong gradient")
    return losses


# %% losses-after-the-steps: the loss is read too late
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
        losses.append(loss())
    return losses


# %% same-gradient-in-each-step: backward runs once
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% updated-one-by-one: backward for each parameter, which is updated at once
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter in parameters:
            clean(parameters)
            backward()
            parameter.data -= lr * parameter.grad
    return losses


# %% tolerance-relative-alone: a relative error, with a tiny number against a division by 0
def train(parameters, loss, backward, measure, lr, steps):
    clean(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        if (np.abs(parameter.grad - measured) / (np.abs(measured) + 1e-12) > 1e-4).any():
            raise ValueError("wrong gradient")
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% tolerance-of-the-largest-entry: one tolerance for the whole array
def train(parameters, loss, backward, measure, lr, steps):
    clean(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        if np.abs(parameter.grad - measured).max() > 1e-4 * max(1, np.abs(measured).max()):
            raise ValueError("wrong gradient")
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% steps-by-measurement: measure in place of backward
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter, gradient in zip(parameters, measure()):
            parameter.data -= lr * gradient
    return losses


# %% no-backward-in-the-loop: cleaned, and not filled again
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        clean(parameters)
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses
