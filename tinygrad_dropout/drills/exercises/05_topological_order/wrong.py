"""Answers that the grader must reject, each under the name of its mistake."""

from collections import Counter, deque


def parents_first(result, met, name=lambda node: node):
    """All nodes that the result depends on, each after its parents, except those already met."""
    found = []

    def visit(node):
        if name(node) not in met:
            met.add(name(node))
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return found


# %% visits-a-node-twice: recursion without a memory
def backward_order(result):
    return [result, *(node for parent in result.parents for node in backward_order(parent))]


# %% one-visit-for-each-path: repeats are removed at the end, after all paths were walked
def backward_order(result):
    found = []

    def visit(node):
        for parent in node.parents:
            visit(parent)
        if node not in found:
            found.append(node)

    visit(result)
    return found[::-1]


# %% inputs-first: not reversed
def backward_order(result):
    return parents_first(result, set())


# %% breadth-first: level by level, by the shortest path
def backward_order(result):
    order, waiting = [], deque([result])
    while waiting:
        node = waiting.popleft()
        if node not in order:
            order.append(node)
            waiting.extend(node.parents)
    return order


# %% depth-first-on-the-way-down: listed before the parents, and not reversed
def backward_order(result, order=None):
    order = [] if order is None else order
    if result not in order:
        order.append(result)
        for parent in result.parents:
            backward_order(parent, order)
    return order


# %% node-before-its-user: each user is counted once, but counted down once for each use
def backward_order(result):
    users = Counter(parent for node in parents_first(result, set()) for parent in set(node.parents))
    order, ready = [], deque([result])
    while ready:
        node = ready.popleft()
        order.append(node)
        for parent in node.parents:
            users[parent] -= 1
            if users[parent] == 0:
                ready.append(parent)
    return order


# %% nodes-missing: only the result and its parents
def backward_order(result):
    return [result, *dict.fromkeys(result.parents)]


# %% second-call-differs: the set of visited nodes is never cleared
met = set()


def backward_order(result):
    return parents_first(result, met)[::-1]


# %% nodes-of-an-earlier-call: default values that the function changes
def backward_order(result, found=[], met=set()):
    found += parents_first(result, met)
    return found[::-1]


# %% met-by-name: a set of names
def backward_order(result):
    return parents_first(result, set(), lambda node: node.name)[::-1]


# %% iterator-for-a-list: reversed(...) without list(...)
def backward_order(result):
    return reversed(parents_first(result, set()))


# %% result-is-overwritten: one list for all calls
FOUND = []


def backward_order(result):
    FOUND[:] = parents_first(result, set())[::-1]
    return FOUND


# %% not-a-list-of-nodes: a tuple
def backward_order(result):
    return tuple(parents_first(result, set())[::-1])


# %% forbidden-name: the module that has the answer
def backward_order(result):
    from graphlib import TopologicalSorter

    graph = {node: node.parents for node in parents_first(result, set())}
    return [*TopologicalSorter(graph).static_order()][::-1]


# %% ignores-where-to-begin: the order of a graph is cached, and returned for each of its nodes
KEPT = {}


def backward_order(result):
    if result not in KEPT:
        found = parents_first(result, set())
        KEPT.update(dict.fromkeys(found, found[::-1]))
    return list(KEPT[result])
