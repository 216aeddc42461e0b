"""The fraction of dropped elements, which should be p."""

from tinygrad_dropout.mistakes.mistake import Mistake

COUNTED = "{rate:.4f} of {size:,} elements were dropped ({where})"
EXPECTED = "{p}, give or take {margin:.4f}"

IS_1_MINUS_P = Mistake(
    "drops-with-1-p",
    "rate",
    f"{COUNTED}, which is 1 - p: keep and drop are swapped",
    EXPECTED,
    "mask = uniform < p",
)
IGNORES_P = Mistake("rate-ignores-p", "rate", f"{COUNTED}, and just as many at p = {{other_p}}", EXPECTED)
HALF = Mistake("rate-is-p/2", "rate", f"{COUNTED}, which is p/2", EXPECTED)
DOUBLE = Mistake("rate-is-2p", "rate", f"{COUNTED}, which is 2 p", EXPECTED)
SQUARED = Mistake(
    "rate-is-p-squared", "rate", f"{COUNTED}, which is p²: an element is dropped only if two draws say so", EXPECTED
)
WRONG = Mistake("rate-is-wrong", "rate", COUNTED, EXPECTED)
WRONG_NEAR_THE_ENDS = Mistake(
    "rate-is-wrong-near-the-ends", "rate", f"{COUNTED}; for p closer to 0.5 the rate is right", EXPECTED
)
BY_PLACE = Mistake(
    "rate-depends-on-the-place",
    "independence",
    "in {place}, {rate:.2f} of the elements are dropped; overall {all:.2f} are",
    "the same rate everywhere",
)
BY_ELEMENT = Mistake(
    "rate-depends-on-the-place",
    "independence",
    "element {index} was dropped in {count} of {calls} calls, the others in {mean:.0f} on average",
    "the same rate everywhere",
)
