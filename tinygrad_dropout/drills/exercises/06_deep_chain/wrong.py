"""Answers that the grader must reject, each under the name of its mistake."""

import sys
from collections import deque


def pass_on(value):
    for parent, slope in zip(value.parents, value.slopes):
        parent.grad += value.grad * slope


# %% recursion-error: an order by recursion
def backward(result):
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    result.grad = 1.0
    for value in reversed(order):
        pass_on(value)


# %% raises-the-recursion-limit: a larger limit
def backward(result):
    sys.setrecursionlimit(1_000_000)
    order, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    result.grad = 1.0
    for value in reversed(order):
        pass_on(value)


# %% hands-on-too-early: a stack and a set, in the order in which values are met
def backward(result):
    result.grad = 1.0
    stack, met = [result], {result}
    while stack:
        value = stack.pop()
        pass_on(value)
        for parent in value.parents:
            if parent not in met:
                met.add(parent)
                stack.append(parent)


# %% walks-every-path: a stack of pairs: right, but one step for each path
def backward(result):
    stack = [(result, 1.0)]
    while stack:
        value, upstream = stack.pop()
        value.grad += upstream
        stack += [(parent, upstream * slope) for parent, slope in zip(value.parents, value.slopes)]


# %% searches-a-list: `in` for a list instead of a set
def backward(result):
    order, met, stack = [], [], [(result, False)]
    while stack:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif value not in met:
            met.append(value)
            stack.append((value, True))
            stack += [(parent, False) for parent in value.parents]
    result.grad = 1.0
    for value in reversed(order):
        pass_on(value)


# %% uses-counted-once-per-user: a set of the parents is counted, and each use is taken off
def backward(result):
    uses, stack = {result: 0}, [result]
    while stack:
        value = stack.pop()
        for parent in set(value.parents):
            if parent not in uses:
                uses[parent] = 0
                stack.append(parent)
            uses[parent] += 1
    result.grad = 1.0
    ready = [result]
    while ready:
        value = ready.pop()
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += value.grad * slope
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)


# %% wrong-values: only the last 10,000 values are visited
def backward(result):
    order, met, stack = [], set(), [(result, False)]
    while stack:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif value not in met:
            met.add(value)
            stack.append((value, True))
            stack += [(parent, False) for parent in value.parents]
    result.grad = 1.0
    for value in order[:-10_000:-1]:
        pass_on(value)


# %% waits-for-a-share-of-zero: a share of 0 is taken for none
def backward(result):
    uses, stack = {result: 0}, [result]
    while stack:
        value = stack.pop()
        for parent in value.parents:
            if parent not in uses:
                uses[parent] = 0
                stack.append(parent)
            uses[parent] += 1
    result.grad = 1.0
    ready = [result]
    while ready:
        value = ready.pop()
        for parent, slope in zip(value.parents, value.slopes):
            if slope:
                parent.grad += value.grad * slope
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)


# %% forbidden-name: the module that has the order
def backward(result):
    from graphlib import TopologicalSorter

    graph, waiting = {}, [result]
    while waiting:
        value = waiting.pop()
        graph[value] = value.parents
        waiting.extend(parent for parent in value.parents if parent not in graph)
    result.grad = 1.0
    for value in list(TopologicalSorter(graph).static_order())[::-1]:
        pass_on(value)
