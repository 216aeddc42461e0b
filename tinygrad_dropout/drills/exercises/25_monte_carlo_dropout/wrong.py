"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


# %% eval-mode: nothing is dropped, and there is no spread
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


# %% no-softmax: logits in the place of probabilities
def monte_carlo(forward, x, samples):
    logits = np.array([forward(x, True) for _ in range(samples)])
    return logits.mean(axis=0), logits.std(axis=0, ddof=1) / np.sqrt(samples)


# %% softmax-over-the-batch: the wrong axis
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True), axis=0) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(samples)


# %% spread-for-standard-error: not divided by sqrt(T)
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1)


# %% ddof-missing: NumPy's default
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0) / np.sqrt(samples)


# %% divided-by-samples: T for its square root
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / samples


# %% variance-for-deviation: the square root is forgotten
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.var(axis=0, ddof=1) / samples


# %% divided-by-the-root-of-the-batch: N for T
def monte_carlo(forward, x, samples):
    probabilities = np.array([softmax(forward(x, True)) for _ in range(samples)])
    return probabilities.mean(axis=0), probabilities.std(axis=0, ddof=1) / np.sqrt(len(x))


# %% error-of-the-logits: the spread is taken before the softmax
def monte_carlo(forward, x, samples):
    logits = np.array([forward(x, True) for _ in range(samples)])
    return softmax(logits).mean(axis=0), logits.std(axis=0, ddof=1) / np.sqrt(samples)


# %% softmax-overflows: the maximum is not subtracted
def monte_carlo(forward, x, samples):
    def soft(logits, axis=-1):
        exponentials = np.exp(logits)
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    found = np.array([soft(forward(x, True)) for _ in range(samples)])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(samples)


# %% softmax-over-everything: no axis
def monte_carlo(forward, x, samples):
    def soft(logits, axis=-1):
        exponentials = np.exp(logits - logits.max())
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    found = np.array([soft(forward(x, True), None) for _ in range(samples)])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(samples)


# %% softmax-twice: a softmax of probabilities
def monte_carlo(forward, x, samples):
    def soft(logits, axis=-1):
        exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    found = np.array([soft(soft(forward(x, True))) for _ in range(samples)])
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(samples)
