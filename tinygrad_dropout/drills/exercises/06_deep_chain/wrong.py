"""Answers that the grader must reject, each under the name of its mistake."""

import sys


def by_recursion(result):
    """All values, each after its parents."""
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    return order


def by_a_stack(result, look_up):
    """The same without recursion; `look_up` makes the collection of the values that were met."""
    order, met, stack = [], look_up(), [(result, False)]
    while stack:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif value not in met:
            met |= {value}
            stack.append((value, True))
            stack += [(parent, False) for parent in value.parents]
    return order


def pass_on(result, order):
    result.grad = 1.0
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += value.grad * slope


# %% recursion-error: an order by recursion
def backward(result):
    pass_on(result, by_recursion(result))


# %% raises-the-recursion-limit: a larger limit
def backward(result):
    sys.setrecursionlimit(1_000_000)
    pass_on(result, by_recursion(result))


# %% walks-every-path: a stack of pairs: correct, but one step for each path
def backward(result):
    stack = [(result, 1.0)]
    while stack:
        value, upstream = stack.pop()
        value.grad += upstream
        stack += [(parent, upstream * slope) for parent, slope in zip(value.parents, value.slopes)]


# %% searches-a-list: `in` for a list instead of a set
def backward(result):
    class Met(list):
        def __ior__(self, values):
            return self.extend(values) or self

    pass_on(result, by_a_stack(result, Met))


# %% wrong-values: only the last 10,000 values are visited
def backward(result):
    pass_on(result, by_a_stack(result, set)[-10_000:])


# %% forbidden-name: the module that has the order
def backward(result):
    from graphlib import TopologicalSorter

    graph = {value: value.parents for value in by_a_stack(result, set)}
    pass_on(result, list(TopologicalSorter(graph).static_order()))
