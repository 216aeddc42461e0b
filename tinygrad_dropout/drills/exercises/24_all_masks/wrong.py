"""Answers that the grader must reject, each under the name of its mistake."""

from itertools import product
from math import comb

import numpy as np


# %% unweighted-mean: all masks count the same
def mask_average(f, x, p):
    return np.mean([f(x * np.array(bits) / (1 - p)) for bits in product((0, 1), repeat=len(x))], axis=0)


# %% keep-and-drop-swapped: p for the probability of keeping, in the weights
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        mean = mean + p**k * (1 - p) ** (len(x) - k) * f(x * np.array(bits) / (1 - p))
    return mean


# %% scale-missing: the kept units are not scaled
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        mean = mean + (1 - p) ** k * p ** (len(x) - k) * f(x * np.array(bits))
    return mean


# %% scale-is-1/p: divides by p
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        mean = mean + (1 - p) ** k * p ** (len(x) - k) * f(x * np.array(bits) / p)
    return mean


# %% empty-mask-left-out: counts from 1
def mask_average(f, x, p):
    n, mean = len(x), 0
    for number in range(1, 2**n):
        mask = np.array([number >> i & 1 for i in range(n)])
        k = mask.sum()
        mean = mean + (1 - p) ** k * p ** (n - k) * f(x * mask / (1 - p))
    return mean


# %% sum-for-mean: nothing is weighted
def mask_average(f, x, p):
    return sum(f(x * np.array(bits) / (1 - p)) for bits in product((0, 1), repeat=len(x)))


# %% combinations-counted-once: one mask for each count
def mask_average(f, x, p):
    n = len(x)
    return sum((1 - p) ** k * p ** (n - k) * f(x * (np.arange(n) < k) / (1 - p)) for k in range(n + 1))


# %% eval-mode: takes the approximation for the mean
def mask_average(f, x, p):
    return f(x)


# %% random-masks: draws masks in place of counting all
def mask_average(f, x, p):
    rng = np.random.default_rng()
    return np.mean([f(x * (rng.random(len(x)) >= p) / (1 - p)) for _ in range(2000)], axis=0)


# %% wrong-at-p-0: weights by logarithms
def mask_average(f, x, p):
    mean = 0
    for bits in product((0, 1), repeat=len(x)):
        k = sum(bits)
        weight = np.exp(k * np.log(1 - p) + (len(x) - k) * np.log(p))
        mean = mean + weight * f(x * np.array(bits) / (1 - p))
    return mean


# %% full-mask-left-out: the last mask is not reached
def mask_average(f, x, p):
    n = len(x)
    masks = [np.array([number >> bit & 1 for bit in range(n)]) for number in range(2**n - 1)]
    return sum((1 - p) ** mask.sum() * p ** (n - mask.sum()) * f(x * mask / (1 - p)) for mask in masks)


# %% empty-mask-conditioned-away: what drops everything is no network, and is left out
def mask_average(f, x, p):
    n = len(x)
    masks = [np.array([number >> bit & 1 for bit in range(n)]) for number in range(1, 2**n)]
    weights = np.array([(1 - p) ** mask.sum() * p ** (n - mask.sum()) for mask in masks])
    return sum(weight * f(x * mask / (1 - p)) for weight, mask in zip(weights / weights.sum(), masks))


# %% answer-scaled: the scale is moved out of f
def mask_average(f, x, p):
    n = len(x)
    masks = [np.array([number >> bit & 1 for bit in range(n)]) for number in range(2**n)]
    return sum((1 - p) ** mask.sum() * p ** (n - mask.sum()) * f(x * mask) for mask in masks) / (1 - p)


# %% weighted-by-combinations-too: the binomial distribution for one mask
def mask_average(f, x, p):
    n, mean = len(x), 0
    for bits in product((0, 1), repeat=n):
        k = sum(bits)
        mean = mean + comb(n, k) * (1 - p) ** k * p ** (n - k) * f(x * np.array(bits) / (1 - p))
    return mean


# %% dropped-units-without-probability: p^(n - k) is left out
def mask_average(f, x, p):
    n, mean = len(x), 0
    for bits in product((0, 1), repeat=n):
        k = sum(bits)
        mean = mean + (1 - p) ** k * f(x * np.array(bits) / (1 - p))
    return mean


# %% masks-are-drawn: many masks, of a fixed seed
def mask_average(f, x, p):
    rng = np.random.default_rng(0)
    return np.mean([f(x * (rng.random(len(x)) >= p) / (1 - p)) for _ in range(2000)], axis=0)
