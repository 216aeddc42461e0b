"""A two-layer MLP: forward, loss, backward and update, in one function.

With N examples, z = logits and p = softmax(z), the loss is the mean of -ln p[n, target[n]]. Going backward, step by
step:

    dL/dz = (p - one-hot) / N
    dL/dW2 = dL/dz.T @ h,  dL/db2 = sum over n of dL/dz,  dL/dh = dL/dz @ W2
    dL/da = dL/dh where a > 0, and 0 elsewhere (a is the input of the ReLU)
    dL/dW1 = dL/da.T @ x,  dL/db1 = sum over n of dL/da

The variance 2 / inputs keeps the activations at the same size from layer to layer: a sum of D products has D times the
variance of one product, and ReLU halves the mean square (He et al. 2015). All four gradients are computed before the
first parameter is changed: dL/dh needs the W2 of the forward.
"""

import numpy as np


def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    features, rows = x.shape[1], np.arange(len(x))
    weight1 = rng.normal(0, np.sqrt(2 / features), (hidden_units, features))
    weight2 = rng.normal(0, np.sqrt(2 / hidden_units), (classes, hidden_units))
    bias1, bias2 = np.zeros(hidden_units), np.zeros(classes)
    losses = []
    for _ in range(steps):
        hidden = np.maximum(x @ weight1.T + bias1, 0)
        logits = hidden @ weight2.T + bias2

        shifted = logits - logits.max(axis=1, keepdims=True)
        log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        losses.append(float(-log_probabilities[rows, target].mean()))

        d_logits = np.exp(log_probabilities)
        d_logits[rows, target] -= 1
        d_logits /= len(x)
        d_hidden = (d_logits @ weight2) * (hidden > 0)

        weight2 = weight2 - lr * d_logits.T @ hidden
        bias2 = bias2 - lr * d_logits.sum(axis=0)
        weight1 = weight1 - lr * d_hidden.T @ x
        bias1 = bias1 - lr * d_hidden.sum(axis=0)
    return {"weight1": weight1, "bias1": bias1, "weight2": weight2, "bias2": bias2}, losses
