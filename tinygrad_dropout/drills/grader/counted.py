"""Graph nodes that count what is done with them, so that a walk along every path is stopped, with or without a time
limit."""

from __future__ import annotations

from typing import Any


class TooMuchWork(Exception):
    """More was done than the number of nodes requires."""


class Work:
    """What was done with the nodes of one graph.

    Args:
        most_reads: how often `parents` may be read.
        most_lookups: how often a node may be looked up in a set, a dictionary or a list.
    """

    def __init__(self, most_reads: int, most_lookups: int) -> None:
        self.most_reads, self.most_lookups, self.reads, self.lookups = most_reads, most_lookups, 0, 0

    def read(self) -> None:
        """The parents of a node are read.

        Raises:
            TooMuchWork: once too often.
        """
        self.reads += 1
        if self.reads > self.most_reads:
            raise TooMuchWork(f"parents was read more than {self.most_reads:,} times")

    def look_up(self) -> None:
        """A node is hashed, or compared with another one.

        Raises:
            TooMuchWork: once too often.
        """
        self.lookups += 1
        if self.lookups > self.most_lookups:
            raise TooMuchWork(f"nodes were looked up more than {self.most_lookups:,} times")


class CountedNode:
    """A node that is equal only to itself, and counts.

    Args:
        work: of its graph.
        parents: what it was made from.
    """

    def __init__(self, work: Work, parents: tuple[Any, ...] = ()) -> None:
        self._work, self._parents = work, parents

    @property
    def parents(self) -> tuple[Any, ...]:
        """What it was made from; a reading counts."""
        self._work.read()
        return self._parents

    def __hash__(self) -> int:
        self._work.look_up()
        return object.__hash__(self)

    def __eq__(self, other: object) -> bool:
        self._work.look_up()
        return self is other
