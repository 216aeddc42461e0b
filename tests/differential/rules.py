"""Every deliberate difference between this framework and PyTorch, with its reason. Anything else is a finding.

If a rule is a matter of spelling, `spellings.py` or `machines.py` writes PyTorch's side so that it means the same.
If one framework refuses what the other accepts, the rule is a function here that recognizes exactly that case.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tests.differential.program import Instruction
from tests.differential.spellings import is_in_place

#: `total += x`, if gradients are recorded, makes a new Tensor, so the recorded values of the old one stay valid.
#: PyTorch changes the old one, so it must refuse if backward needs it, or if its dtype or shape would change.
RECORDED = "recorded += is total = total + x"

#: `x.flatten()` of a 1-D tensor is x itself in PyTorch, a leaf if x is one. Here it is a result like any other.
FLATTEN = "flatten always makes a result"

#: Integers become float32 wherever an operation needs floats. PyTorch does that in exp, but refuses it in these.
INTEGERS_BECOME_FLOATS = frozenset(
    [
        "mean",
        "var",
        "std",
        "softmax",
        "log_softmax",
        "mse_loss",
        "l1_loss",
        "leaky_relu",
        "gelu",
        "gelu by tanh",
        "binary_cross_entropy_with_logits",
    ]
)

#: The loss always has the scores' dtype. PyTorch uses the target's, or the wider one.
TARGETS_TAKE_THE_DTYPE = frozenset(["binary_cross_entropy_with_logits"])

#: Whether the result of these shares memory with the operand depends on the layout. PyTorch's documentation
#: leaves this open too. If the two differ, the program changes neither in place.
VIEW_OR_COPY = frozenset(["reshape", "flatten"])

#: These keep their own copy of the target or the condition, or of a difference, so a later change of the original
#: does not affect them. PyTorch saves the original and refuses.
PRIVATE_COPIES = frozenset(
    ["cross_entropy of labels", "cross_entropy of probabilities", "cross_entropy of smoothed labels",
     "cross_entropy of weighted labels", "nll_loss", "nll_loss of weighted labels", "mse_loss", "l1_loss",
     "binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits, weighted", "where"]
)  # fmt: skip

#: Changes are noted for the part of memory that they changed. PyTorch has one version for each storage.
DISJOINT = "disjoint parts of a storage are distinguished"

#: `int8 + 300` is an OverflowError, and clip uses a bound as it is. PyTorch wraps the number first.
FITS = "an integer that does not fit the tensor's dtype is not wrapped"

LOSSES = PRIVATE_COPIES - {"where"}


VIEWS = frozenset(
    ["reshape", "flatten", "permute", "transpose", ".T", "squeeze", "squeeze an axis", "unsqueeze", "getitem",
     "getitem by a Tensor"]
)  # fmt: skip


def view_under_no_grad(instruction: Instruction) -> bool:
    """A view made under no_grad requires no gradients here, like every result. In PyTorch, it does if its base does.

    So PyTorch's view is detached. It still shares the memory.
    """
    return instruction.operation in VIEWS and not instruction.records


def overlapping_memory(instruction: Instruction, operands: list[Any]) -> bool:
    """`x[1:] += x[:-1]`: NumPy reads everything first. PyTorch refuses or reads its own results, so it gets a copy."""
    if not is_in_place(instruction.operation) or len(operands) < 2 or operands[0] is operands[1]:
        return False
    one, other = (operand.untyped_storage().data_ptr() for operand in operands)
    return bool(one == other)


def ours_may_refuse(instruction: Instruction, ours: list[Any], error: Exception) -> str | None:
    """The rule that explains an error raised only here, or None."""
    operation, problem = instruction.operation, str(error)
    if operation == "squeeze an axis" and "to have length 1" in problem:
        return "squeezing a longer axis is an error"
    if operation in LOSSES and "without gradients" in problem:
        return "no gradient flows to a loss's target"
    if operation in LOSSES and "shape" in problem:
        return "losses do not broadcast"
    if isinstance(error, OverflowError):
        return FITS
    if "negative integer powers" in problem:
        return "integers to negative powers are an error"
    misfit_of_a_norm = operation in NORMS and "to have shape" in problem
    if any(tensor.size == 0 for tensor in ours) and (
        "out of bounds" in problem or "of one dtype" in problem or misfit_of_a_norm
    ):
        return "PyTorch does not check indices, dtypes or the arrays of a norm if there is nothing to compute"
    if operation == "concatenate" and any(tensor.shape == (0,) for tensor in ours):
        return "an empty 1-D tensor joins only other 1-D tensors"
    return None


def theirs_may_refuse(ours: list[Any], error: Exception) -> str | None:
    """The rule that explains an error raised only in PyTorch, or None."""
    if "not implemented for" in str(error):
        return "PyTorch has no kernel for this dtype"
    if "negative integer powers" in str(error) and any(tensor.size == 0 for tensor in ours):
        return "integers to negative powers are an error"
    if "bool" in str(error).lower() and any(tensor.dtype == bool for tensor in ours):
        return "booleans count as 0 and 1"
    return None


def changed(error: Exception) -> bool:
    """Whether PyTorch's backward found that a saved tensor's storage has changed."""
    return "modified by an inplace operation" in str(error)


def does_not_read_it(instruction: Instruction, dtypes: list[np.dtype]) -> str | None:
    """The rule that explains why backward here does not read a changed value that PyTorch saved, or None."""
    if instruction.operation in PRIVATE_COPIES:
        return "losses and where keep copies"
    if instruction.operation in NORMS:
        return "the backward of a norm reads its own result and the weight; PyTorch's also the input and the bias"
    if len(set(dtypes)) > 1:
        return "an operand of another dtype is converted, which makes a copy"
    if instruction.operation.startswith("gelu") and np.float16 in dtypes:
        return "gelu computes float16 in float32, on a copy"
    if instruction.operation.startswith("power"):
        return "power's backward reads its operands, PyTorch's the result too"
    return None


def ours_reads_more(error: Exception, program: list[Instruction | None], values: list[Any]) -> str | None:
    """The rule that explains why only our backward needs a changed value, or None."""
    if "backward of divide" in str(error) and uses(program, "divide of a number"):
        return "PyTorch computes 2 / x as 2 * (1 / x), and reads that 1 / x"
    products = [line for line in program if line and line.operation in PRODUCTS]
    factors = [values[place] for line in products for place in line.operands]
    if PRODUCT.search(str(error)) and any(factor is not None and factor.ndim > 2 for factor in factors):
        return "PyTorch copies stacks of matrices that it has to broadcast or rearrange"
    return None


def numbers_may_differ(
    program: list[Instruction | None], values: list[Any], ours: np.ndarray, theirs: np.ndarray
) -> list[str]:
    """The rules that explain why these numbers differ; none unless every number has a rule."""
    lines = [line for line in program if line]
    powers = [line for line in lines if line.operation.startswith("power")]
    infinite_scores = any(value is not None and np.isinf(value.data).any() for value in values)
    wrapped = lines[-1].operation == "clip" and values[lines[-1].operands[0]].dtype == np.uint8
    number, dtype = lines[-1].options.get("number"), values[lines[-1].operands[0]].dtype
    if ours.dtype == bool and isinstance(number, int) and dtype.kind in "iu":
        wrapped |= not np.iinfo(dtype).min <= number <= np.iinfo(dtype).max
    not_finite, nan = ~np.isfinite(ours), np.isnan(theirs)
    cases = [
        (True, not_finite & ~np.isfinite(theirs), "rounding, or a zero's sign, decides between infinities and NaN"),
        (wrapped, np.full(ours.shape, True), FITS),
        (
            uses(program, *OF_SCORES) and infinite_scores,
            not_finite | ~np.isfinite(theirs),
            "for infinite scores, softmax and the losses return the limit; PyTorch returns NaN",
        ),
        (uses(program, *PRODUCTS), nan, "NumPy's products skip a factor 0, so that 0 * NaN is 0"),
        (
            uses(program, "var", "std"),
            not_finite,
            "the variance of too few elements is NaN, and its gradient is left open",
        ),
        (
            any(line.options.get("number") in (0.5, -0.5) for line in powers),
            nan,
            "x ** 0.5 is sqrt(x) in PyTorch, which is NaN at -infinity",
        ),
        (powers, nan, "0 ** y passes no gradient to y, even an infinite one; PyTorch multiplies it by 0"),
        (
            divides_a_number_by_half_precision(lines, values),
            np.isinf(ours) | np.isinf(theirs),
            "PyTorch computes 2 / x as 2 * (1 / x), whose gradient overflows float16 elsewhere",
        ),
        (
            uses(program, "abs"),
            nan,
            "abs passes no gradient at 0, even an infinite one; PyTorch multiplies it by 0",
        ),
    ]
    found, left = [], np.full(ours.shape, True)
    for applies, excused, rule in cases:
        if applies and (left & excused).any():
            found.append(rule)
            left = left & ~excused
    return [] if left.any() else found


OF_SCORES = (
    "binary_cross_entropy_with_logits",
    "softmax",
    "log_softmax",
    "cross_entropy of labels",
    "cross_entropy of probabilities",
    "cross_entropy of smoothed labels",
    "cross_entropy of weighted labels",
    "binary_cross_entropy_with_logits, weighted",
)
NORMS = ("layer_norm", "batch_norm in training", "batch_norm in evaluation")
PRODUCT = re.compile("backward of (matmul|linear)")
PRODUCTS = ("matmul", "linear", "linear with a bias")


def divides_a_number_by_half_precision(lines: list[Instruction], values: list[Any]) -> bool:
    """Whether there is a 2 / x for a float16 x. Only there can 1 / x² come near an overflow."""
    divisors = [values[line.operands[0]] for line in lines if line.operation == "divide of a number"]
    return any(divisor is not None and divisor.dtype == np.float16 for divisor in divisors)


def confused_view(slot: Any) -> str | None:
    """The rule that says why PyTorch's gradients of a value cannot be compared any more, or None."""
    tensor = slot.theirs
    if slot.changed and tensor._is_view() and (tensor.retains_grad or (tensor.is_leaf and tensor.requires_grad)):
        return "PyTorch rebuilds the history of a view after a change, and loses its retain_grad() or its leaf"
    return None


def uses(program: list[Instruction | None], *operations: str) -> bool:
    """Whether a program has such an instruction."""
    return any(line is not None and line.operation in operations for line in program)
