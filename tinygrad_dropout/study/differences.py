"""Central differences: move an entry a little in both directions, and the change of the loss estimates its gradient."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod, sqrt

import numpy as np

from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.rerun import rebuild, run_again, unwatched
from tinygrad_dropout.study.trace import Pass

MAX_WORK = 100_000_000  # see `estimate_cost`; about a second for the whole pass
STEP = 1e-6


def central_differences(recorded: Pass, entries: Iterable[tuple[int, int]]) -> tuple[dict[tuple[int, int], float], str]:
    """Compute (L(x + h) - L(x - h)) / 2h for entries of a pass's nodes, in float64, with the same masks.

    h is 1e-6 times the entry's magnitude, but at least 1e-6. If the result is not a single number, L is the sum of the
    result times the gradient that was passed to backward().

    Args:
        recorded: the pass.
        entries: (node, entry) pairs, the most important first.

    Returns:
        (node, entry) -> the difference; and a sentence that says why some or all are missing, or "".
    """
    try:
        base = rebuild(recorded, dtype=np.float64)
    except StudyError as error:
        return {}, str(error)
    except Exception as error:
        return {}, f"the forward pass cannot be rerun: {type(error).__name__}: {error}"
    seed = recorded.steps[0].upstream.astype(np.float64)
    found: dict[tuple[int, int], float] = {}
    below = descendants(recorded)
    costs = [
        estimate_cost(tensor.size, [base[parent].size for parent in node.parents])
        for tensor, node in zip(base, recorded.nodes, strict=True)
    ]
    work = 0.0
    with unwatched(), no_grad():
        for node, entry in entries:
            work += 2 * sum(costs[index] for index in [node, *below[node]])
            if work > MAX_WORK:
                return found, f"the pass is too large to rerun for every entry; it was rerun for {len(found):,} of them"
            data = base[node].data
            step = STEP * max(1.0, abs(float(data.reshape(-1)[entry])))
            ends = []
            for sign in (1, -1):
                moved = data.copy()
                moved.reshape(-1)[entry] += sign * step
                ends.append(float((loss_with(recorded, base, node, moved, below[node]) * seed).sum()))
            found[node, entry] = (ends[0] - ends[1]) / (2 * step)
    return found, ""


def estimate_cost(result: int, parents: list[int]) -> float:
    """Estimate the work of an operation from the sizes of its result and its parents.

    A call counts 1,000, each number 1, and each multiplication of a matrix product 1/8. An (n, k) times a (k, m) matrix
    takes n k m multiplications, which is the square root of the product of the three sizes.
    """
    largest = sorted(parents)[-2:]
    products = sqrt(prod([result, *largest])) if len(largest) == 2 and result != largest[-1] else 0
    return 1_000 + result + sum(parents) + products / 8


def descendants(recorded: Pass) -> list[list[int]]:
    """Return, for each node, all nodes that were computed from it, in order."""
    below: list[list[int]] = []
    for node in range(len(recorded.nodes)):
        touched = {node}
        for index in range(node + 1, len(recorded.nodes)):
            if touched.intersection(recorded.nodes[index].parents):
                touched.add(index)
        below.append(sorted(touched - {node}))
    return below


def loss_with(recorded: Pass, base: list[Tensor], moved: int, data: Array, below: list[int]) -> Array:
    """Compute the root's data after the data of the node `moved` has changed."""
    changed = {moved: Tensor(data)}
    for index in below:
        node = recorded.nodes[index]
        changed[index] = run_again(node, [changed.get(parent, base[parent]) for parent in node.parents])
    return changed.get(recorded.root, base[recorded.root]).data
