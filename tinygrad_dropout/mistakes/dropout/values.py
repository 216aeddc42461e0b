"""Extreme numbers, zeros and NaN, which shortcuts often get wrong."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, Mistake

SIZE = Mistake(
    "wrong-for-extreme-values",
    "stability",
    "with values around {size:g} in {array}, {what} is wrong; closer to 1 it is right",
    "the same result for numbers of every size",
)
ZEROS = Mistake(
    "wrong-for-zeros",
    "kinks",
    "with {what} in {x}, {dx} there is not {g} times a mask that drops some elements and scales the others",
    "zeros treated like any other number",
)
HIDES = Mistake(
    "hides-nan",
    "stability",
    "with {value} everywhere in {array}, {what} is finite everywhere",
    "{value} where elements are kept, so that you notice it",
    severity=EDGE_CASE,
)
