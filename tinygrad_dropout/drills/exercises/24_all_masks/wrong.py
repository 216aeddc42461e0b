"""Answers that the grader must reject, each under the name of its mistake."""

from itertools import product
from math import comb

import numpy as np


# %% unweighted-mean: all masks have the same weight
def mask_average(f, x, p):
    return np.mean([f(x * np.array(bits) / (1 - p)) for bits in product((0, 1), repeat=len(x))], axis=0)


# %% scale-missing: the kept units are not scaled
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        mean = mean + (1 - p) ** k * p ** (len(x) - k) * f(x * np.array(bits))
    return mean


# %% eval-mode: returns the approximation instead of the mean
def mask_average(f, x, p):
    return f(x)


# %% random-masks: draws masks instead of listing all
def mask_average(f, x, p):
    rng = np.random.default_rng()
    return np.mean([f(x * (rng.random(len(x)) >= p) / (1 - p)) for _ in range(2000)], axis=0)


# %% wrong-at-p-0: weights computed from logarithms
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        weight = np.exp(k * np.log(1 - p) + (len(x) - k) * np.log(p))
        mean = mean + weight * f(x * np.array(bits) / (1 - p))
    return mean


# %% masks-are-drawn: many masks, from a fixed seed
def mask_average(f, x, p):
    rng = np.random.default_rng(0)
    return np.mean([f(x * (rng.random(len(x)) >= p) / (1 - p)) for _ in range(2000)], axis=0)


# %% outputs-are-overwritten: one array for the inputs of all masks, and f may return it
def mask_average(f, x, p):
    h, answers, weights = np.empty(len(x)), [], []
    for bits in product((0, 1), repeat=len(x)):
        h[:] = x * np.array(bits) / (1 - p)
        answers.append(f(h))
        weights.append((1 - p) ** sum(bits) * p ** (len(x) - sum(bits)))
    return sum(weight * answer for weight, answer in zip(weights, answers))


# %% f-is-misused: f gets a list
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        weight = (1 - p) ** sum(bits) * p ** (len(x) - sum(bits))
        mean = mean + weight * f([value * bit / (1 - p) for value, bit in zip(x, bits)])
    return mean
