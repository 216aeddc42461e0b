"""Paths from the loss to one entry, each with the product of its local derivatives.

An entry's gradient is the sum of these products over all paths. The number of paths grows exponentially with depth, so
only the few largest are kept, by dynamic programming that starts at the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.study.derivatives import Derivatives

MAX_PATHS = 3  # that are kept for each entry
MAX_WORK = 400_000  # nonzero derivatives in the whole pass


@dataclass(frozen=True)
class Link:
    """The last link of a path to an entry. The rest of the path leads to an entry of the result that used this one.

    Attributes:
        product: the product of all derivatives on the path and the seed of backward().
        local: the last derivative, d(result entry) / d(this entry).
        node: the result's index in the pass's nodes; -1 at the root, where the path begins.
        entry: the result's entry.
        rank: which of that entry's paths the rest is, counted from 0.
    """

    product: float
    local: float
    node: int
    entry: int
    rank: int


class Paths:
    """The largest paths to every entry of every node.

    Args:
        derivatives: the pass's local derivatives.

    Attributes:
        problem: why there are no paths, in a sentence; "" if there are.
        links: node -> the last links of the largest paths to each entry.
        counts: node -> ndarray, the number of paths to each entry whose product is not 0.
        totals: node -> ndarray, the sum of the products of all paths: dL/d(entry).
    """

    def __init__(self, derivatives: Derivatives) -> None:
        recorded = derivatives.recorded
        self.recorded = recorded
        self.problem = derivatives.problem
        self.links: dict[int, list[list[Link]]] = {}
        self.counts: dict[int, Array] = {}
        self.totals: dict[int, Array] = {}
        needed = sum(contribution.value is not None for step in recorded.steps for contribution in step.contributions)
        if not self.problem and len(derivatives.jacobians) < needed:
            self.problem = "the result of a backward function does not follow from its local derivatives"
        if not self.problem and sum(map(np.count_nonzero, derivatives.jacobians.values())) > MAX_WORK:
            self.problem = "there are too many derivatives to trace"
        if self.problem:
            return
        number_of = {step.node: number for number, step in enumerate(recorded.steps)}
        seed = recorded.steps[0].upstream.reshape(-1)
        consumers = recorded.consumers()
        for node in range(recorded.root, -1, -1):
            size = recorded.nodes[node].data.size
            found: list[list[Link]] = [[] for _ in range(size)]
            count, total = np.zeros(size), np.zeros(size)
            if node == recorded.root:
                found = [[Link(float(seed[entry]), 1.0, -1, entry, 0)] * bool(seed[entry]) for entry in range(size)]
                count, total = (seed != 0).astype(float), seed.astype(float)
            for consumer, position in consumers[node]:
                jacobian = derivatives.jacobians.get((number_of.get(consumer, -1), position))
                if jacobian is None or consumer not in self.links:
                    continue
                count = count + self.counts[consumer] @ (jacobian != 0)
                total = total + self.totals[consumer] @ jacobian.astype(float)
                for result, entry in np.argwhere(jacobian):
                    local = float(jacobian[result, entry])
                    for rank, link in enumerate(self.links[consumer][result]):
                        found[entry].append(Link(link.product * local, local, consumer, int(result), rank))
            if node in self.reached_nodes(consumers[node], number_of) or node == recorded.root:
                self.links[node] = [sorted(links, key=lambda link: -abs(link.product))[:MAX_PATHS] for links in found]
                self.counts[node], self.totals[node] = count, total

    def reached_nodes(self, consumers: list[tuple[int, int]], number_of: dict[int, int]) -> set[int]:
        """Return the nodes that got a gradient from one of these consumers."""
        given: set[int] = set()
        for consumer, _ in consumers:
            if consumer in number_of:
                step = self.recorded.steps[number_of[consumer]]
                given |= {contribution.parent for contribution in step.contributions if contribution.value is not None}
        return given

    def walk(self, node: int, entry: int, rank: int) -> list[tuple[int, int, float]]:
        """Return one path as (node, entry, local derivative), from the entry to the loss. The loss has the seed."""
        steps = []
        while node >= 0:
            link = self.links[node][entry][rank]
            steps.append((node, entry, link.product if link.node < 0 else link.local))
            node, entry, rank = link.node, link.entry, link.rank
        return steps
