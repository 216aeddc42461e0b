"""Layer norm: each row is standardized over its features. Forward and backward.

Let D be the number of features, s = sqrt(variance + eps) and h = (x - mean) / s, for one row. With g = dL/dy, the
gradient with respect to h is u = g * weight. A feature x[i] changes h[j] in three ways: directly (if i = j), through
the mean, and through the variance:

    dh[j]/dx[i] = ([i = j] - 1/D - h[i] h[j] / D) / s

The sum over j of u[j] dh[j]/dx[i] is the row's gradient:

    dL/dx = (u - mean(u) - h * mean(u * h)) / s

The two means are over the features. So dL/dx has mean 0 in each row, because shifting a whole row changes nothing. The
weight and the bias are used once in each row, so their gradients are sums over the rows, of g * h and of g.
"""

import numpy as np


def layer_norm(x, weight, bias, eps):
    centered = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centered**2).mean(axis=-1, keepdims=True) + eps)
    x_hat = centered / scale
    return x_hat * weight + bias, (x_hat, scale, weight.copy())


def layer_norm_backward(grad, cache):
    x_hat, scale, weight = cache
    upstream = grad * weight
    along = upstream.mean(axis=-1, keepdims=True) + x_hat * (upstream * x_hat).mean(axis=-1, keepdims=True)
    rows = tuple(range(grad.ndim - 1))
    return (upstream - along) / scale, (grad * x_hat).sum(axis=rows), grad.sum(axis=rows)
