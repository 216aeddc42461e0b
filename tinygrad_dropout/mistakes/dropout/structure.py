"""The elements of one mask, each of which should have an independent draw, whatever x is."""

from tinygrad_dropout.mistakes.mistake import REMARK, Mistake

INDEPENDENT = "an independent draw for every element"


def shared(code: str, message: str) -> Mistake:
    """Elements that are not independent."""
    return Mistake(code, "independence", f"{message} ({{where}})", INDEPENDENT)


BY_ROWS = shared("shared-by-rows", "all {count} rows have the same mask")
BY_COLUMNS = shared("shared-by-columns", "whole rows are dropped or kept: all {count} columns agree")
ALONG_AN_AXIS = shared("shared-along-an-axis", "all elements along axis {axis} share a draw")
NOT_ALONG_THE_AXES = Mistake(
    "not-shared-along-its-axes",
    "independence",
    "elements along axis {axis} are dropped independently ({where})",
    "one draw for all elements along axes {axes}",
)
BY_NEIGHBORS = shared(
    "shared-by-neighbors", "groups of {size} adjacent elements {direction} are always dropped or kept together"
)
ON_NEIGHBORS = shared(
    "depends-on-neighbors",
    "elements {place} agree in {agree:.3f} of all pairs; independent elements agree in {chance:.3f}",
)
AT_A_DISTANCE = shared(
    "depends-at-a-distance",
    "elements {place} agree in {agree:.3f} of all pairs; independent elements agree in {chance:.3f}",
)
SEVERAL = shared(
    "depends-on-several-others",
    "{count} adjacent elements are independent in pairs but not all together, by {sigmas:.0f} standard deviations",
)
SYMMETRIC = Mistake(
    "mask-is-symmetric",
    "independence",
    "with {x} of shape {shape} the mask equals its transpose",
    INDEPENDENT,
)
COUNT_VARIES = (
    "the number of dropped elements in a {line} has a standard deviation of {spread:.2f}; "
    "independent draws give {chance:.2f}"
)
FIXED_BY_ROW = shared("fixed-count-by-row", COUNT_VARIES)
FIXED_BY_COLUMN = shared("fixed-count-by-column", COUNT_VARIES)
ROWS_DIFFER = shared("rows-differ", COUNT_VARIES)
COLUMNS_DIFFER = shared("columns-differ", COUNT_VARIES)
ON_X = Mistake(
    "mask-depends-on-x",
    "independence",
    "whether an element is dropped depends on {what}: its mean is {kept:.3f} for kept and {dropped:.3f} for dropped "
    "elements, {sigmas:.0f} standard deviations apart ({where})",
    "a mask drawn without looking at {x}",
)
BY_SIZE = Mistake(
    "differs-with-the-size",
    "independence",
    "with {x} of shape {shape} {what} is dropped{often}",
    "small arrays treated like large ones",
)
BY_AXES = Mistake(
    "differs-with-the-number-of-axes",
    "independence",
    "with {x} of shape {shape} {what} is dropped",
    "the same treatment for any number of axes",
)
TWO_AXES_ONLY = Mistake(
    "two-axes-only",
    "shapes",
    "{x} of shape {shape} is not accepted: {problem}",
    "arrays with any number of axes",
    severity=REMARK,
)
BACKWARD_BY_AXES = Mistake(
    "backward-differs-with-the-number-of-axes",
    "shapes",
    "with {x} of shape {shape}, {dx} is not {g} times the forward's factors; with two axes it is",
    "the same treatment for any number of axes",
)
EVAL_BY_AXES = Mistake(
    "eval-differs-with-the-number-of-axes",
    "modes",
    "with {x} of shape {shape}, eval mode is wrong; with two axes it is right",
    "the same treatment for any number of axes",
)
