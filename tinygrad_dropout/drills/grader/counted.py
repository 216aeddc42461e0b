"""Graph nodes that count how they are used, to stop a walk along every path even without a time limit."""

from __future__ import annotations

from typing import Any


class TooMuchWork(Exception):
    """More was done than the number of nodes requires."""


class Work:
    """Counts the work on the nodes of one graph.

    Args:
        most_reads: how often `parents` may be read.
        most_lookups: how often a node may be looked up in a set, a dictionary or a list.
    """

    def __init__(self, most_reads: int, most_lookups: int) -> None:
        self.most_reads, self.most_lookups, self.reads, self.lookups = most_reads, most_lookups, 0, 0

    def read(self) -> None:
        """Count that the parents of a node are read.

        Raises:
            TooMuchWork: the limit is exceeded.
        """
        self.reads += 1
        if self.reads > self.most_reads:
            raise TooMuchWork(f"parents was read more than {self.most_reads:,} times")

    def look_up(self) -> None:
        """Count that a node is hashed, or compared with another one.

        Raises:
            TooMuchWork: the limit is exceeded.
        """
        self.lookups += 1
        if self.lookups > self.most_lookups:
            raise TooMuchWork(f"nodes were looked up more than {self.most_lookups:,} times")


class CountedNode:
    """A node that is equal only to itself, and counts.

    Args:
        work: the counts of its graph.
        parents: what it was made from.
    """

    def __init__(self, work: Work, parents: tuple[Any, ...] = ()) -> None:
        self._work, self._parents = work, parents

    @property
    def parents(self) -> tuple[Any, ...]:
        """What it was made from; each access counts."""
        self._work.read()
        return self._parents

    def __hash__(self) -> int:
        self._work.look_up()
        return object.__hash__(self)

    def __eq__(self, other: object) -> bool:
        self._work.look_up()
        return self is other
