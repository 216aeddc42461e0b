"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% step-by-step: backward through the graph, one operation at a time
def layer_norm(x, weight, bias, eps):
    mean = x.mean(axis=-1, keepdims=True)
    centered = x - mean
    variance = (centered * centered).mean(axis=-1, keepdims=True)
    root = np.sqrt(variance + eps)
    inverse = 1.0 / root
    y = centered * inverse * weight + bias
    return y, {"centered": centered, "inverse": inverse, "root": root, "weight": weight}


def layer_norm_backward(grad, cache):
    centered, inverse, root = cache["centered"], cache["inverse"], cache["root"]
    features = centered.shape[-1]

    def flat(array):
        return array.reshape(-1, features)

    dbias = flat(grad).sum(axis=0)
    dweight = flat(grad * centered * inverse).sum(axis=0)
    dhat = grad * cache["weight"]
    dcentered = dhat * inverse
    dinverse = (dhat * centered).sum(axis=-1, keepdims=True)
    droot = -dinverse / root**2
    dvariance = droot / (2 * root)
    dcentered = dcentered + 2 * centered * dvariance / features
    dmean = -dcentered.sum(axis=-1, keepdims=True)
    return dcentered + dmean / features, dweight, dbias


# %% jacobian: one row at a time, with the full Jacobian
def layer_norm(x, weight, bias, eps):
    def normalize(row):
        return (row - row.mean()) / np.sqrt(row.var() + eps)

    hats = np.apply_along_axis(normalize, -1, x)
    return weight * hats + bias, (x.copy(), hats, np.array(weight), eps)


def layer_norm_backward(grad, cache):
    x, hats, weight, eps = cache
    size = x.shape[-1]
    dx = np.empty(x.shape)
    dweight, dbias = np.zeros(size), np.zeros(size)
    for place in np.ndindex(x.shape[:-1]):
        h = hats[place]
        jacobian = (np.eye(size) - 1 / size - np.outer(h, h) / size) / np.sqrt(x[place].var() + eps)
        dx[place] = jacobian @ (grad[place] * weight)
        dweight += grad[place] * h
        dbias += grad[place]
    return [dx, dweight, dbias]


# %% closure: the cache is a function
def layer_norm(x, weight, bias, eps):
    features = x.shape[-1]
    scale = (x.var(-1, keepdims=True) + eps) ** 0.5
    hat = (x - x.sum(-1, keepdims=True) / features) / scale

    def backward(grad):
        u = np.multiply(grad, weight)
        pulled = features * u - u.sum(-1, keepdims=True) - hat * (u * hat).sum(-1, keepdims=True)
        return pulled / (features * scale), *(
            a.reshape(-1, features).T @ np.ones(a.size // features) for a in (grad * hat, grad)
        )

    return hat * weight + bias, backward


def layer_norm_backward(grad, cache):
    return cache(grad)
