"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% one-sided: f(x + h) - f(x)
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x)) / h
    return gradient


# %% divided-by-h: by h for 2h
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / h
    return gradient


# %% one-term-divided: brackets are missing
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = f(x + step) - f(x - step) / (2 * h)
    return gradient


# %% multiplied-by-h: / 2 * h
def numeric_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / 2 * h
    return gradient


# %% all-elements-at-once: a directional derivative
def numeric_gradient(f, x, h=1e-5):
    x = np.asarray(x, dtype=float)
    return (f(x + h) - f(x - h)) / (2 * h)


# %% integers-truncate-h: a copy of x keeps its dtype
def numeric_gradient(f, x, h=1e-5):
    x, gradient = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        below = f(x)
        x[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% gradient-of-integers: zeros_like of integers
def numeric_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    x = x.astype(float)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


# %% works-in-float32: integers are converted, float32 is not
def numeric_gradient(f, x, h=1e-5):
    x = x.astype(float) if x.dtype.kind == "i" else x.copy()
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


# %% elements-stay-moved: the same, on a copy
def numeric_gradient(f, x, h=1e-5):
    x, gradient = x.astype(float), np.zeros(x.shape)
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


# %% whole-rows-moved: a loop over the first axis alone
def numeric_gradient(f, x, h=1e-5):
    x, gradient = np.array(x, dtype=float), np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] += h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
