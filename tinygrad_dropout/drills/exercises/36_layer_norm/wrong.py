"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def standardize(x, eps, axis=-1):
    scale = np.sqrt(x.var(axis=axis, keepdims=True) + eps)
    return (x - x.mean(axis=axis, keepdims=True)) / scale, scale


def layer_norm(x, weight, bias, eps):
    hat, scale = standardize(x, eps)
    return hat * weight + bias, (hat, scale, weight)


def layer_norm_backward(grad, cache):
    hat, scale, weight = cache
    u = grad * weight
    dx = (u - u.mean(-1, keepdims=True) - hat * (u * hat).mean(-1, keepdims=True)) / scale
    rows = tuple(range(grad.ndim - 1))
    return dx, (grad * hat).sum(rows), grad.sum(rows)


# %% normalized-over-the-batch: statistics over axis 0
def layer_norm(x, weight, bias, eps):
    hat, scale = standardize(x, eps, axis=0)
    return hat * weight + bias, (hat, scale, weight)


# %% raises: it works only for two axes
def layer_norm(x, weight, bias, eps):
    n, d = x.shape
    hat, scale = standardize(x, eps)
    return hat * weight + bias, (hat, scale, weight)


# %% wrong-shape: the gradients are summed over the first axis only
def layer_norm_backward(grad, cache):
    hat, scale, weight = cache
    u = grad * weight
    dx = (u - u.mean(-1, keepdims=True) - hat * (u * hat).mean(-1, keepdims=True)) / scale
    return (dx, (grad * hat).sum(0), grad.sum(0)) if grad.ndim > 1 else (dx, grad * hat, grad)


# %% eps-ignored: eps is used only if a variance is 0
def layer_norm(x, weight, bias, eps):
    hat, scale = standardize(x, eps if (x.var(-1) > 0).all() else 0)
    return hat * weight + bias, (hat, scale, weight)


# %% wrong-number-of-values: no cache is returned
def layer_norm(x, weight, bias, eps):
    return standardize(x, eps)[0] * weight + bias


# %% cache-is-overwritten: all calls share one cache
LAST = {}


def layer_norm(x, weight, bias, eps):
    LAST["cache"] = (*standardize(x, eps), weight)
    return LAST["cache"][0] * weight + bias, None


def layer_norm_backward(grad, cache):
    hat, scale, weight = LAST["cache"]
    u = grad * weight
    dx = (u - u.mean(-1, keepdims=True) - hat * (u * hat).mean(-1, keepdims=True)) / scale
    rows = tuple(range(grad.ndim - 1))
    return dx, (grad * hat).sum(rows), grad.sum(rows)


# %% cache-is-used-up: the backward changes the cache in place
def layer_norm_backward(grad, cache):
    hat, scale, weight = cache
    u = grad * weight
    rows = tuple(range(grad.ndim - 1))
    dweight = (grad * hat).sum(rows)
    hat *= (u * hat).mean(-1, keepdims=True)
    return (u - u.mean(-1, keepdims=True) - hat) / scale, dweight, grad.sum(rows)


# %% wrong-values: the mean of the squares minus the square of the mean
def layer_norm(x, weight, bias, eps):
    mean = x.mean(-1, keepdims=True)
    scale = np.sqrt((x * x).mean(-1, keepdims=True) - mean * mean + eps)
    hat = (x - mean) / scale
    return hat * weight + bias, (hat, scale, weight)
