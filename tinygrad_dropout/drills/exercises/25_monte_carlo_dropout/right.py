"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% running-sums: sums and sums of squares, without keeping the passes
def monte_carlo(forward, x, samples):
    total = squares = 0.0
    for _ in range(samples):
        logits = forward(x, training=True)
        logits = logits - logits.max(axis=1, keepdims=True)
        p = np.exp(logits) / np.exp(logits).sum(axis=1)[:, None]
        total, squares = total + p, squares + p * p
    mean = total / samples
    variance = np.maximum(squares / samples - mean**2, 0) * samples / (samples - 1)
    return [mean, np.sqrt(variance / samples)]


# %% welford: one pass at a time, without cancellation
def monte_carlo(forward, x, samples):
    mean, moment = 0.0, 0.0
    for count in range(1, samples + 1):
        logits = forward(x, True)
        p = np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))
        step = p - mean
        mean = mean + step / count
        moment = moment + step * (p - mean)
    return mean, np.sqrt(moment / (samples - 1) / samples)


# %% stack: by hand over a stacked array
def monte_carlo(forward, x, samples):
    logits = np.stack([forward(x, 1) for _ in range(samples)])
    e = np.exp(logits - logits.max(-1)[..., None])
    p = e / e.sum(-1)[..., None]
    deviations = p - p.mean(0)
    return p.mean(0), (np.sum(deviations**2, 0) / (samples * (samples - 1))) ** 0.5
