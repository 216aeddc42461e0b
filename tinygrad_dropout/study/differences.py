"""Central differences: move an entry a little both ways, look at the loss, and you know what its gradient should be."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod, sqrt

import numpy as np

from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.rerun import rebuild, run_again, unwatched
from tinygrad_dropout.study.trace import Pass

MOST_WORK = 100_000_000  # see `cost`; a second or so for the whole pass
STEP = 1e-6


def central_differences(recorded: Pass, entries: Iterable[tuple[int, int]]) -> tuple[dict[tuple[int, int], float], str]:
    """(L(x + h) - L(x - h)) / 2h for entries of a pass's nodes, in float64, with the same masks.

    h is 1e-6 times the entry's magnitude, at least 1e-6. Where L is not one number, it is the sum of the result times
    the gradient that backward() was given.

    Args:
        recorded: the pass.
        entries: (node, entry) pairs, the most important first.

    Returns:
        (node, entry) -> the difference; and why some or all are missing, in a sentence, or "".
    """
    try:
        base = rebuild(recorded, dtype=np.float64)
    except StudyError as error:
        return {}, str(error)
    except Exception as error:
        return {}, f"the forward pass cannot be run again: {type(error).__name__}: {error}"
    seed = recorded.steps[0].upstream.astype(np.float64)
    found: dict[tuple[int, int], float] = {}
    below = users(recorded)
    costs = [
        cost(tensor.size, [base[parent].size for parent in value.parents])
        for tensor, value in zip(base, recorded.nodes, strict=True)
    ]
    work = 0.0
    with unwatched(), no_grad():
        for value, entry in entries:
            work += 2 * sum(costs[index] for index in [value, *below[value]])
            if work > MOST_WORK:
                return found, f"the pass is too large to run again for every entry; {len(found):,} entries were"
            data = base[value].data
            step = STEP * max(1.0, abs(float(data.reshape(-1)[entry])))
            ends = []
            for sign in (1, -1):
                moved = data.copy()
                moved.reshape(-1)[entry] += sign * step
                ends.append(float((loss_with(recorded, base, value, moved, below[value]) * seed).sum()))
            found[value, entry] = (ends[0] - ends[1]) / (2 * step)
    return found, ""


def cost(result: int, parents: list[int]) -> float:
    """Estimate the work of an operation from the sizes of its result and its parents.

    1,000 for the call, 1 for each number, and for each product of two matrices an eighth: (n, k) with (k, m) to (n, m)
    takes n k m products, which is the root of the three sizes multiplied.
    """
    largest = sorted(parents)[-2:]
    products = sqrt(prod([result, *largest])) if len(largest) == 2 and result != largest[-1] else 0
    return 1_000 + result + sum(parents) + products / 8


def users(recorded: Pass) -> list[list[int]]:
    """For each node, all nodes that were computed from it, in order."""
    below: list[list[int]] = []
    for value in range(len(recorded.nodes)):
        touched = {value}
        for index in range(value + 1, len(recorded.nodes)):
            if touched.intersection(recorded.nodes[index].parents):
                touched.add(index)
        below.append(sorted(touched - {value}))
    return below


def loss_with(recorded: Pass, base: list[Tensor], value: int, data: Array, below: list[int]) -> Array:
    """The root's data if one node had other numbers."""
    changed = {value: Tensor(data)}
    for index in below:
        node = recorded.nodes[index]
        changed[index] = run_again(node, [changed.get(parent, base[parent]) for parent in node.parents])
    return changed.get(recorded.root, base[recorded.root]).data
