"""Exercise 30: a network that trains, with one wrong line. The task: tasks/30_hunt_the_movie_reviews.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


WORDS, FEATURES, KINDS = 20, 6, 2  # a review is of kind 0, a bad one, or 1, a good one
KNOWN = 15  # words whose vectors are known beforehand; the vectors of the other words begin at 0


def new_parameters():
    """A vector for each word, and the weights and bias that judge a text."""
    rng = np.random.default_rng(8)
    vectors = rng.normal(size=(WORDS, FEATURES))
    vectors[KNOWN:] = 0
    return {"vectors": vectors, "weight": rng.normal(0, 0.4, (KINDS, FEATURES)), "bias": np.zeros(KINDS)}


def dropout(x, p, training, rng):
    """x with elements dropped and the others scaled, and a function that propagates the gradient back."""
    if not training:
        return x, lambda grad: grad
    kept = rng.random(x.shape) >= p
    y = np.where(kept, x / (1 - p), 0)
    return y, lambda grad: np.where(kept, grad / (1 - p), 0)


def one_step(parameters, words, kinds, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_vectors, ..."""
    vectors, weight, bias = parameters["vectors"], parameters["weight"], parameters["bias"]
    reviews, length = words.shape

    read, take_back = dropout(vectors[words], p, training, rng)  # (reviews, length, FEATURES)
    text = read.mean(axis=1)
    scores = text @ weight.T + bias
    shifted = scores - scores.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(probabilities[np.arange(reviews), kinds]).mean()

    d_scores = (probabilities - np.eye(KINDS)[kinds]) / reviews
    d_text = d_scores @ weight
    d_read = np.repeat(d_text[:, None, :] / length, length, axis=1)
    d_vectors = np.zeros(vectors.shape)
    np.add.at(d_vectors, words, take_back(d_read))
    return {
        "loss": loss, "read": read, "scores": scores,
        "d_vectors": d_vectors, "d_weight": d_scores.T @ text, "d_bias": d_scores.sum(axis=0),
    }  # fmt: skip


def train(steps=300):
    """The losses while the network learns which words good reviews are made of."""
    rng = np.random.default_rng(9)
    chance = rng.dirichlet(np.ones(WORDS), size=KINDS)
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        kinds = rng.integers(KINDS, size=32)
        words = np.stack([rng.choice(WORDS, size=5, p=chance[kind]) for kind in kinds])
        seen = one_step(parameters, words, kinds, p=0.3, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.5 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")
