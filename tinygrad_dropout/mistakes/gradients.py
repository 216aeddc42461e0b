"""Wrong gradients of operations other than dropout."""

from tinygrad_dropout.mistakes.mistake import Mistake


def wrong(code: str, kind: str, message: str, expected: str, formula: str) -> Mistake:
    """A wrong gradient. Its message has no figures, so it also serves as the description."""
    return Mistake(code, kind, message, expected, formula, description=message)


RELU_IGNORED = wrong(
    "relu-ignored",
    "chain-rule",
    "the gradient passes through units that are off",
    "{g} where {x} > 0, else 0",
    "dL/dx = g",
)
MASK_FROM_THE_GRADIENT = wrong(
    "mask-from-the-gradient",
    "chain-rule",
    "the mask comes from the sign of the gradient, not from the sign of {x}",
    "{g} where {x} > 0, else 0",
    "dL/dx = g where g > 0, else 0",
)
BIAS_AVERAGED = wrong(
    "bias-gradient-averaged",
    "averaging",
    "the bias gradient is the mean of {g} over the batch",
    "the sum of {g} over the batch",
    "dL/db = mean of g over the batch",
)
AVERAGED_TWICE = wrong(
    "gradients-averaged-twice",
    "averaging",
    "the weight and bias gradients are divided by the batch size a second time; the mean loss has already done so",
    "g.T @ x and the sum of {g} over the batch",
    "dL/dW = g.T @ x / N;  dL/db = sum of g / N",
)
MEAN_FORGOTTEN = wrong(
    "mean-forgotten",
    "averaging",
    "the gradient is not divided by N: it belongs to the sum of the losses, not to their mean",
    "(p - target) / N",
    "dL/dlogits = g * (p - target)",
)
TARGET_NOT_SUBTRACTED = wrong(
    "target-not-subtracted",
    "chain-rule",
    "the target is not subtracted from the probabilities",
    "(p - target) / N",
    "dL/dlogits = g * p / N",
)
TARGET_LESS_PROBABILITIES = wrong(
    "target-less-probabilities",
    "chain-rule",
    "the gradient has the wrong sign, so gradient descent goes uphill",
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
