"""Gaussian dropout: noise with the wrong distribution."""

from tinygrad_dropout.mistakes.mistake import Mistake

EXPECTED = "mean 1 and variance {right:.4g} = p/(1 - p), normally distributed"


def variance(code: str, formula: str) -> Mistake:
    """Factors with the wrong variance."""
    ending = f" = {formula}" if formula else ""
    message = f"the factors have variance {{variance:.4g}}{ending} ({{where}})"
    return Mistake(code, "rescaling", message, EXPECTED, f"variance = {formula}" if formula else "")


MEAN = Mistake("noise-mean-is-not-1", "expectation", "the factors have mean {mean:.4g} ({where})", EXPECTED)
VARIANCE = variance("noise-variance-is-wrong", "")
VARIANCE_IS_P = variance("noise-variance-is-p", "p")
VARIANCE_SQUARED = variance("noise-variance-is-squared", "(p/(1 - p))²: the standard deviation was p/(1 - p)")
VARIANCE_INVERTED = variance("noise-variance-is-inverted", "(1 - p)/p: p is treated as the probability of keeping")
VARIANCE_OF_A_MASK = variance("noise-variance-is-p(1-p)", "p (1 - p): the variance of an unscaled mask")
VARIANCE_SQRT = variance("noise-variance-is-a-square-root", "sqrt(p/(1 - p)): that is the standard deviation")
NOT_NORMAL = Mistake(
    "noise-is-not-normal",
    "expectation",
    "{inside:.4f} of the factors lie within {sigmas:g} standard deviations of 1; in a normal distribution "
    "{normal:.4f} do ({where})",
    EXPECTED,
)
