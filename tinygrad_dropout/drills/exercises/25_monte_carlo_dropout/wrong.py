"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


# %% eval-mode: nothing is dropped, so there is no spread
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, False)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(samples)


# %% one-pass-reused: the same mask every time
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True))] * samples)
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(samples)


# %% wrong-number-of-passes: one too many
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples + 1)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(samples)


# %% logits-averaged: softmax of the mean
def monte_carlo(forward, x, samples):
    logits = np.array([forward(x, True) for _ in range(samples)])
    return softmax(logits.mean(axis=0)), softmax(logits).std(axis=0, ddof=1) / np.sqrt(samples)


# %% ddof-missing: NumPy's default
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0) / np.sqrt(samples)


# %% softmax-overflows: the maximum is not subtracted
def monte_carlo(forward, x, samples):
    def soft(logits, axis=-1):
        exponentials = np.exp(logits)
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    found = np.array([soft(forward(x, True)) for _ in range(samples)])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(samples)


# %% variance-is-negative: the mean of the squares minus the square of the mean
def monte_carlo(forward, x, samples):
    found = np.array([softmax(forward(x, True)) for _ in range(samples)])
    variance = (found**2).mean(axis=0) - found.mean(axis=0) ** 2
    return found.mean(axis=0), np.sqrt(variance / (samples - 1))


# %% passes-another-x: x is scaled for training mode
def monte_carlo(forward, x, samples):
    found = np.array([softmax(forward(x / 2, True)) for _ in range(samples)])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(samples)


# %% error-does-not-fall: 200 passes are enough
def monte_carlo(forward, x, samples):
    found = np.array([softmax(forward(x, True)) for _ in range(min(samples, 200))])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(len(found))
