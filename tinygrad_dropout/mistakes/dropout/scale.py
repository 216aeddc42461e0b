"""The factor of the kept elements: 1/(1 - p), exactly."""

from tinygrad_dropout.mistakes.mistake import REMARK, Mistake

SEEN = "the elements that were kept are multiplied by {scale:.6g}"
EXPECTED = "x {right:.4g} = {formula}, with p the probability of dropping"


def scale(code: str, formula: str, ending: str = "") -> Mistake:
    """A scale that is a formula of p."""
    return Mistake(code, "rescaling", f"{SEEN} = {formula} at p = {{p}}{ending}", EXPECTED, f"y = x * mask * {formula}")


MISSING = Mistake("scale-missing", "rescaling", f"{SEEN} at p = {{p}}: there is no scale", EXPECTED, "y = x * mask")
IS_1_OVER_P = scale("scale-is-1/p", "1/p")
IS_1_MINUS_P = scale("scale-is-1-p", "1 - p")
IS_P = scale("scale-is-p", "p")
TWICE = scale("scale-applied-twice", "1/(1 - p)²")
SQUARE_ROOT = scale("scale-is-a-square-root", "1/sqrt(1 - p)")
IS_1_PLUS_P = scale("scale-is-1+p", "1 + p")
INVERTED = scale("inverted-scheme", "1/(1 - p)", ": that is inverted dropout")
P_IS_KEEP = scale("p-is-taken-for-the-probability-of-keeping", "1/p", ", and {rate:.3f} of all are dropped")
DROPS_TWICE = scale(
    "drops-twice", "1/(1 - p)²", ", and {rate:.3f} = 1 - (1 - p)² of all are dropped: two masks in a row"
)
ORIGINAL = scale(
    "original-scheme", "1", ", and in eval mode all are multiplied by {keep:.4g} = 1 - p: the scheme of 2012"
)
WRONG = Mistake("scale-is-wrong", "rescaling", f"{SEEN} = no formula that is known here, at p = {{p}}", EXPECTED)
ROUNDED = Mistake("scale-is-rounded", "precision", f"{SEEN} at p = {{p}}, 1/(1 - p) with few digits", EXPECTED)
IGNORES_P = Mistake(
    "scale-ignores-p", "rescaling", f"{SEEN} at p = {{p}} and at p = {{other_p}}", EXPECTED, "y = x * mask * constant"
)
REALIZED = Mistake(
    "scale-from-the-realized-rate",
    "rescaling",
    f"{SEEN} = size/kept of this very mask",
    EXPECTED,
    "y = x * mask / mean(mask)",
)
REALIZED_BY_ROW = Mistake(
    "scale-from-the-realized-rate",
    "rescaling",
    "each {line}'s kept elements are multiplied by its own size/kept, between {low:.4g} and {high:.4g}",
    EXPECTED,
    "y = x * mask / mean(mask, axis)",
)
DEPENDS_ON_X = Mistake(
    "scale-depends-on-x", "rescaling", f"{SEEN}, so that {{y}} has the {{measure}} of {{x}}", EXPECTED
)
VARIES = Mistake(
    "scale-varies",
    "rescaling",
    "the elements that were kept are multiplied by numbers between {low:.4g} and {high:.4g} ({where})",
    EXPECTED,
)
WRONG_NEAR_THE_ENDS = Mistake(
    "scale-is-wrong-near-the-ends",
    "rescaling",
    "the elements that were kept are multiplied by {scale:.4g} at p = {p}; at {fine} the scale is right",
    "x {right:.4g} = {formula}",
)
DEPENDS_ON_THE_ARRAY = Mistake(
    "scale-depends-on-the-array",
    "rescaling",
    "the elements that were kept are multiplied by {scale:.6g} ({where}); in other arrays the scale is right",
    EXPECTED,
)
SINGLE_PRECISION = Mistake(
    "scale-in-single-precision",
    "precision",
    "the scale is off by {error:.1g} of its value with {x} in float64: it was computed in float32",
    "{formula} in the precision of {x}",
    severity=REMARK,
)
