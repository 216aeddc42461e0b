"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% works-in-float32: integers are converted, float32 is not
def numeric_gradient(f, x, h=1e-5):
    x = x.astype(float) if x.dtype.kind in "iu" else x.copy()
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        below = f(x)
        x[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% changes-its-input: x is left at x - h
def numeric_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


# %% puts-back-by-arithmetic: + h, - 2h, + h
def numeric_gradient(f, x, h=1e-5):
    moved = x if x.dtype == np.float64 else x.astype(float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += h
        above = f(moved)
        moved[i] -= 2 * h
        below = f(moved)
        moved[i] += h
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% wrong-values: for a transposed x, ravel gives a copy, and changing it changes nothing
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    flat, gradient = x.ravel(), np.zeros(x.shape)
    for i, index in enumerate(np.ndindex(x.shape)):
        here = flat[i]
        flat[i] = here + h
        above = f(x)
        flat[i] = here - h
        gradient[index] = (above - f(x)) / (2 * h)
        flat[i] = here
    return gradient


# %% another-default-step: 1e-2 instead of 1e-5
def numeric_gradient(f, x, h=1e-2):
    x = np.array(x, dtype=float)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps]).reshape(x.shape)


# %% works-in-another-dtype: longdouble for uint8
def numeric_gradient(f, x, h=1e-5):
    x = x.astype(np.float64 if x.dtype != np.uint8 else np.longdouble)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps]).reshape(x.shape).astype(np.float64)


# %% changes-the-dtype: the gradient of a float32 x is float32, too
def numeric_gradient(f, x, h=1e-5):
    gradient, x = np.zeros(x.shape, np.float32 if x.dtype == np.float32 else float), x.astype(float)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


# %% raises: f is given a flat array
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    slopes = [(f(x.ravel() + step) - f(x.ravel() - step)) / (2 * h) for step in h * np.eye(x.size)]
    return np.reshape(slopes, x.shape)


# %% forbidden-name: np.gradient, of samples along a line
def numeric_gradient(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([np.gradient([f(x - step), f(x), f(x + step)], h)[1] for step in steps], x.shape)
