"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def zero_gradients(parameters):
    for parameter in parameters:
        parameter.grad = np.zeros_like(parameter.data)


def check(parameters, backward, measure, differ=None):
    zero_gradients(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        error = parameter.grad - measured
        if differ(error, measured) if differ else (np.abs(error) > 1e-4 * np.maximum(1, np.abs(measured))).any():
            raise ValueError("wrong gradient")


def descend(parameters, loss, backward, lr, steps):
    losses = []
    for _ in range(steps):
        losses.append(loss())
        zero_gradients(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% rebinds-the-parameter: a new array in .data
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        zero_gradients(parameters)
        backward()
        for parameter in parameters:
            parameter.data = parameter.data - lr * parameter.grad
    return losses


# %% gradients-never-zeroed: set to zero after the check, and not again
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    zero_gradients(parameters)
    losses = []
    for _ in range(steps):
        losses.append(loss())
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
        zero_gradients(parameters)
        backward()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
        for parameter, one in zip(parameters, measured):
            if (np.abs(parameter.grad - one) > 1e-4 * np.maximum(1, np.abs(one))).any():
                raise ValueError("wrong gradient")
    return losses


# %% steps-by-measurement: measure instead of backward
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter, gradient in zip(parameters, measure()):
            parameter.data -= lr * gradient
    return losses


# %% no-backward-in-the-loop: set to zero, and not computed again
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    losses = []
    for _ in range(steps):
        losses.append(loss())
        zero_gradients(parameters)
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses


# %% refuses-a-right-gradient: the gradients are not zero before the check
def train(parameters, loss, backward, measure, lr, steps):
    backward()
    for parameter, measured in zip(parameters, measure()):
        if not np.allclose(parameter.grad, measured, rtol=1e-4, atol=1e-4):
            raise ValueError("wrong gradient")
    return descend(parameters, loss, backward, lr, steps)


# %% gradient-not-checked: nothing is compared
def train(parameters, loss, backward, measure, lr, steps):
    return descend(parameters, loss, backward, lr, steps)


# %% check-sees-too-little: only sums are compared, so errors cancel
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: abs(error.sum()) > 1e-4 * max(1, abs(measured.sum())))
    return descend(parameters, loss, backward, lr, steps)


# %% check-skips-entries: the first row is ignored
def train(parameters, loss, backward, measure, lr, steps):
    check(
        parameters,
        backward,
        measure,
        lambda error, measured: (abs(error[1:]) > 1e-4 * np.maximum(1, abs(measured[1:]))).any(),
    )
    return descend(parameters, loss, backward, lr, steps)


# %% absolute-value-forgotten: an entry that is too small is accepted
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: (error > 1e-4 * np.maximum(1, abs(measured))).any())
    return descend(parameters, loss, backward, lr, steps)


# %% tolerance-too-small: an absolute tolerance
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: abs(error).max() > 1e-4)
    return descend(parameters, loss, backward, lr, steps)


# %% tolerance-only-relative: a relative error, with a tiny number to avoid a division by 0
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: (abs(error) / (abs(measured) + 1e-12) > 1e-4).any())
    return descend(parameters, loss, backward, lr, steps)


# %% tolerance-of-the-largest-entry: one tolerance for the whole array
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: abs(error).max() > 1e-4 * max(1, abs(measured).max()))
    return descend(parameters, loss, backward, lr, steps)


# %% tolerance-too-narrow: np.allclose with its own tolerances
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure, lambda error, measured: not np.allclose(error + measured, measured))
    return descend(parameters, loss, backward, lr, steps)


# %% tolerance-too-wide: ten times the tolerance
def train(parameters, loss, backward, measure, lr, steps):
    check(
        parameters, backward, measure, lambda error, measured: (abs(error) > 1e-3 * np.maximum(1, abs(measured))).any()
    )
    return descend(parameters, loss, backward, lr, steps)


# %% another-exception: assert instead of raise
def train(parameters, loss, backward, measure, lr, steps):
    zero_gradients(parameters)
    backward()
    for parameter, measured in zip(parameters, measure()):
        assert np.allclose(parameter.grad, measured, rtol=1e-4, atol=1e-4)
    return descend(parameters, loss, backward, lr, steps)


# %% not-a-list: an array of losses
def train(parameters, loss, backward, measure, lr, steps):
    check(parameters, backward, measure)
    return np.array(descend(parameters, loss, backward, lr, steps))
