"""Checks that an answer's initial weights are normal draws with the variance that a task asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.judge import Judge

Array = npt.NDArray[Any]
SIGMAS = 6.0


def refuse_wrong_weights(judge: Judge, name: str, weight: Array) -> None:
    """Check that a weight of shape (outputs, inputs) is drawn from a normal distribution with variance 2 / inputs.

    Args:
        judge: the judge of the answer.
        name: the name of the weight.
        weight: a few thousand numbers, so that a wrong variance shows.
    """
    outputs, inputs = weight.shape
    share = float((weight**2).mean() * inputs)
    if abs(share - 2) > SIGMAS * 2 * np.sqrt(2 / weight.size):
        judge.reject(
            "other-variance",
            f"The variance of {name} is {share / inputs:.3g}{in_words(share, outputs, inputs)}; expected 2 / inputs, "
            f"{2 / inputs:.3g}.",
            "rng.normal takes a mean and a standard deviation. What is the root of 2 / inputs?",
            kind="randomness",
        )
    fourth = float((weight**4).mean() / (weight**2).mean() ** 2)
    far = abs(weight.mean()) > SIGMAS * weight.std() / np.sqrt(weight.size)
    if far or abs(fourth - 3) > SIGMAS * np.sqrt(96 / weight.size):
        judge.reject(
            "not-normal",
            f"{name} is not drawn from a normal distribution with mean 0: its mean is {weight.mean():.3g}, and its "
            f"fourth moment {fourth:.3g} squared variances; expected 0 and 3.",
            "Which method of rng draws from a normal distribution?",
            kind="randomness",
        )
    alike = np.corrcoef(weight[:20])[np.triu_indices(min(20, outputs), 1)]
    if np.abs(alike).max() > 0.95:
        judge.reject(
            "identical-initial-weights",
            f"Two rows of {name} start with the same numbers.",
            "If two hidden units start with the same weights, how do their gradients differ?",
            kind="randomness",
        )


def in_words(share: float, outputs: int, inputs: int) -> str:
    """`, which is 1 / inputs`, of a variance times the number of inputs; "" for none of the usual ones."""
    usual = {
        "1 / inputs": 1.0,
        "(2 / inputs)**2": 4 / inputs,
        "2 / outputs": 2 * inputs / outputs,
        "2 / (inputs + outputs)": 2 * inputs / (inputs + outputs),
        "4 / (inputs + outputs)": 4 * inputs / (inputs + outputs),
        "1": float(inputs),
    }
    named = (text for text, value in usual.items() if abs(share - value) < 0.1 * value)
    found = next(named, "")
    return f", which is {found}" if found else ""
