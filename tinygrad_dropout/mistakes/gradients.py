"""Backward functions of other operations than dropout that give another gradient."""

from tinygrad_dropout.mistakes.mistake import Mistake


def wrong(code: str, kind: str, message: str, expected: str, formula: str) -> Mistake:
    """A gradient that is another one; the message has no figures, so it describes the mistake as well."""
    return Mistake(code, kind, message, expected, formula, description=message)


RELU_IGNORED = wrong(
    "relu-ignored",
    "chain-rule",
    "the gradient goes through where the unit is off",
    "{g} where {x} > 0, else 0",
    "dL/dx = g",
)
MASK_FROM_THE_GRADIENT = wrong(
    "mask-from-the-gradient",
    "chain-rule",
    "the mask is made from the gradient's own sign, not from that of {x}",
    "{g} where {x} > 0, else 0",
    "dL/dx = g where g > 0, else 0",
)
BIAS_AVERAGED = wrong(
    "bias-gradient-averaged",
    "averaging",
    "the bias's gradient is the mean of {g} over the batch",
    "the sum of {g} over the batch",
    "dL/db = mean of g over the batch",
)
AVERAGED_TWICE = wrong(
    "gradients-averaged-twice",
    "averaging",
    "the gradients of weight and bias are divided by the batch size once more than the loss's mean did",
    "g.T @ x and the sum of {g} over the batch",
    "dL/dW = g.T @ x / N;  dL/db = sum of g / N",
)
MEAN_FORGOTTEN = wrong(
    "mean-forgotten",
    "averaging",
    "the gradient is not divided by N: it is that of the sum of the losses",
    "(p - target) / N",
    "dL/dlogits = g * (p - target)",
)
TARGET_NOT_SUBTRACTED = wrong(
    "target-not-subtracted",
    "chain-rule",
    "nothing is subtracted from the probabilities for the correct class",
    "(p - target) / N",
    "dL/dlogits = g * p / N",
)
TARGET_LESS_PROBABILITIES = wrong(
    "target-less-probabilities",
    "chain-rule",
    "the gradient has the wrong sign: a step of gradient descent climbs",
    "(p - target) / N",
    "dL/dlogits = g * (target - p) / N",
)
OPERANDS_SWAPPED = wrong(
    "operands-swapped",
    "chain-rule",
    "the operands are swapped: each factor gets its own value instead of the other's",
    "{g} times the other factor",
    "dL/da = g * a;  dL/db = g * b",
)
UPSTREAM_IGNORED = wrong(
    "upstream-ignored",
    "chain-rule",
    "the gradient is only the local slope; the upstream gradient is left out",
    "upstream times local",
    "dL/da = b;  dL/db = a",
)
