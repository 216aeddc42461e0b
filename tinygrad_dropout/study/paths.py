"""Paths: the ways from the loss to one entry, each with the product of its local derivatives.

The gradient of an entry is the sum of these products over all paths. The number of paths grows exponentially with
depth, so only the few largest are kept, by dynamic programming from the loss down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.study.derivatives import Derivatives

MOST_PATHS = 3  # kept for each entry
MOST_WORK = 400_000  # nonzero derivatives in the whole pass


@dataclass(frozen=True)
class Link:
    """The last step of a path to an entry. The rest is a path to an entry of the result.

    Attributes:
        product: of all derivatives on the path, and of the seed of backward().
        local: d(result entry) / d(this entry), the last of them.
        node: the place of the result among the pass's nodes; -1 at the root, where the path begins.
        entry: the result's entry.
        rank: which of that entry's paths it is, from 0.
    """

    product: float
    local: float
    node: int
    entry: int
    rank: int


class Paths:
    """The largest paths to every entry of every node.

    Args:
        derivatives: of the pass.

    Attributes:
        problem: why there are none, in a sentence; "" if there are.
        links: node -> for each entry, the last links of its largest paths.
        counts: node -> ndarray, how many paths with a nonzero product lead to each entry.
        totals: node -> ndarray, the sum over all of them: dL/d(entry).
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
            self.problem = "a backward function's answer does not follow from its local derivatives"
        if not self.problem and sum(map(np.count_nonzero, derivatives.jacobians.values())) > MOST_WORK:
            self.problem = "there are too many derivatives to follow"
        if self.problem:
            return
        number_of = {step.node: number for number, step in enumerate(recorded.steps)}
        seed = recorded.steps[0].upstream.reshape(-1)
        consumers = recorded.consumers()
        for value in range(recorded.root, -1, -1):
            size = recorded.nodes[value].data.size
            found: list[list[Link]] = [[] for _ in range(size)]
            count, total = np.zeros(size), np.zeros(size)
            if value == recorded.root:
                found = [[Link(float(seed[entry]), 1.0, -1, entry, 0)] * bool(seed[entry]) for entry in range(size)]
                count, total = (seed != 0).astype(float), seed.astype(float)
            for consumer, position in consumers[value]:
                jacobian = derivatives.jacobians.get((number_of.get(consumer, -1), position))
                if jacobian is None or consumer not in self.links:
                    continue
                count = count + self.counts[consumer] @ (jacobian != 0)
                total = total + self.totals[consumer] @ jacobian.astype(float)
                for result, entry in np.argwhere(jacobian):
                    local = float(jacobian[result, entry])
                    for rank, link in enumerate(self.links[consumer][result]):
                        found[entry].append(Link(link.product * local, local, consumer, int(result), rank))
            if value in self.reached(consumers[value], number_of) or value == recorded.root:
                self.links[value] = [sorted(links, key=lambda link: -abs(link.product))[:MOST_PATHS] for links in found]
                self.counts[value], self.totals[value] = count, total

    def reached(self, consumers: list[tuple[int, int]], number_of: dict[int, int]) -> set[int]:
        """The nodes that got a gradient from one of these consumers."""
        given: set[int] = set()
        for consumer, _ in consumers:
            if consumer in number_of:
                step = self.recorded.steps[number_of[consumer]]
                given |= {gift.parent for gift in step.contributions if gift.value is not None}
        return given

    def walk(self, value: int, entry: int, rank: int) -> list[tuple[int, int, float]]:
        """One path as (node, entry, local derivative) from the entry up to the loss, whose derivative is the seed."""
        steps = []
        while value >= 0:
            link = self.links[value][entry][rank]
            steps.append((value, entry, link.product if link.node < 0 else link.local))
            value, entry, rank = link.node, link.entry, link.rank
        return steps
