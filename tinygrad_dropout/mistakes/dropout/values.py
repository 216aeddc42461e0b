"""Numbers that a shortcut stumbles over."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, Mistake

SIZE = Mistake(
    "wrong-for-extreme-values",
    "stability",
    "with {array} of a size around {size:g}, {what} is wrong; nearer to 1 it is right",
    "the same for numbers of every size",
)
ZEROS = Mistake(
    "wrong-for-zeros",
    "kinks",
    "with {what} in {x}, {dx} there is not {g} times a mask that drops some elements and scales the others",
    "zeros treated as all other numbers are",
)
HIDES = Mistake(
    "hides-nan",
    "stability",
    "with {value} in all of {array}, {what} is finite everywhere",
    "{value} where elements are kept, so that it is noticed",
    severity=EDGE_CASE,
)
