"""The factor of the kept elements, which should be exactly 1/(1 - p)."""

from tinygrad_dropout.mistakes.mistake import REMARK, Mistake

SEEN = "kept elements are multiplied by {scale:.6g}"
EXPECTED = "a factor of {right:.4g} = {formula}, where p is the probability of dropping"


def scale(code: str, formula: str, ending: str = "") -> Mistake:
    """A scale that is a formula of p."""
    return Mistake(code, "rescaling", f"{SEEN} = {formula} at p = {{p}}{ending}", EXPECTED, f"y = x * mask * {formula}")


MISSING = Mistake("scale-missing", "rescaling", f"{SEEN} at p = {{p}}: the scale is missing", EXPECTED, "y = x * mask")
IS_1_OVER_P = scale("scale-is-1/p", "1/p")
IS_1_MINUS_P = scale("scale-is-1-p", "1 - p")
IS_P = scale("scale-is-p", "p")
TWICE = scale("scale-applied-twice", "1/(1 - p)²")
SQUARE_ROOT = scale("scale-is-a-square-root", "1/sqrt(1 - p)")
IS_1_PLUS_P = scale("scale-is-1+p", "1 + p")
INVERTED = scale("inverted-scheme", "1/(1 - p)", ": this is inverted dropout")
P_IS_KEEP = scale("p-is-taken-for-the-probability-of-keeping", "1/p", ", and {rate:.3f} of all elements are dropped")
DROPS_TWICE = scale(
    "drops-twice", "1/(1 - p)²", ", and {rate:.3f} = 1 - (1 - p)² of all elements are dropped: two masks in a row"
)
ORIGINAL = Mistake(
    "original-scheme",
    "rescaling",
    f"{SEEN} at p = {{p}}, and in eval mode all elements by {{keep:.4g}} = 1 - p: this is the original scheme of 2012",
    EXPECTED,
    "y = x * mask",
)
WRONG = Mistake("scale-is-wrong", "rescaling", f"{SEEN} at p = {{p}}, which fits no known formula", EXPECTED)
ROUNDED = Mistake("scale-is-rounded", "precision", f"{SEEN} at p = {{p}}: 1/(1 - p) with too few digits", EXPECTED)
IGNORES_P = Mistake(
    "scale-ignores-p",
    "rescaling",
    f"{SEEN} both at p = {{p}} and at p = {{other_p}}",
    EXPECTED,
    "y = x * mask * constant",
)
REALIZED = Mistake(
    "scale-from-the-realized-rate",
    "rescaling",
    f"{SEEN} = size/kept for this particular mask",
    EXPECTED,
    "y = x * mask / mean(mask)",
)
REALIZED_BY_ROW = Mistake(
    "scale-from-the-realized-rate",
    "rescaling",
    "the kept elements of each {line} are multiplied by that {line}'s size/kept, between {low:.4g} and {high:.4g}",
    EXPECTED,
    "y = x * mask / mean(mask, axis)",
)
DEPENDS_ON_X = Mistake(
    "scale-depends-on-x", "rescaling", f"{SEEN}, which gives {{y}} the same {{measure}} as {{x}}", EXPECTED
)
VARIES = Mistake(
    "scale-varies",
    "rescaling",
    "kept elements are multiplied by numbers between {low:.4g} and {high:.4g} ({where})",
    EXPECTED,
)
WRONG_NEAR_THE_ENDS = Mistake(
    "scale-is-wrong-near-the-ends",
    "rescaling",
    "kept elements are multiplied by {scale:.4g} at p = {p}; at p = {fine} the scale is right",
    "a factor of {right:.4g} = {formula}",
)
DEPENDS_ON_THE_ARRAY = Mistake(
    "scale-depends-on-the-array",
    "rescaling",
    "kept elements are multiplied by {scale:.6g} ({where}); for other arrays the scale is right",
    EXPECTED,
)
SINGLE_PRECISION = Mistake(
    "scale-in-single-precision",
    "precision",
    "for {x} in float64 the scale has a relative error of {error:.1g}: it was computed in float32",
    "{formula} in the precision of {x}",
    severity=REMARK,
)
