"""Answers that the grader must reject, each under the name of its mistake."""

from collections import Counter, deque


# %% visits-a-node-twice: recursion without a memory
def backward_order(result):
    order = [result]
    for parent in result.parents:
        order += backward_order(parent)
    return order


# %% one-visit-for-each-path: repeats are taken out at the end, after all paths were walked
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
    found, met = [], set()

    def visit(node):
        if node not in met:
            met.add(node)
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return found


# %% breadth-first: level by level, by the shortest way
def backward_order(result):
    order, waiting = [], deque([result])
    while waiting:
        node = waiting.popleft()
        if node not in order:
            order.append(node)
            waiting.extend(node.parents)
    return order


# %% depth-first-on-the-way-down: listed before the parents, and not reversed
def backward_order(result):
    order, met = [], set()

    def visit(node):
        if node not in met:
            met.add(node)
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(result)
    return order


# %% node-before-its-user: users are counted once, and counted down once for each use
def backward_order(result):
    users, waiting = Counter(), [result]
    met = {result}
    while waiting:
        node = waiting.pop()
        for parent in set(node.parents):
            users[parent] += 1
            if parent not in met:
                met.add(parent)
                waiting.append(parent)
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


# %% second-call-differs: the nodes that were met are never forgotten
met = set()


def backward_order(result):
    found = []

    def visit(node):
        if node not in met:
            met.add(node)
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return found[::-1]


# %% nodes-of-an-earlier-call: default values that are changed
def backward_order(result, found=[], met=set()):
    if result not in met:
        met.add(result)
        for parent in result.parents:
            backward_order(parent)
        found.append(result)
    return found[::-1]


# %% met-by-name: a set of names
def backward_order(result):
    found, met = [], set()

    def visit(node):
        if node.name not in met:
            met.add(node.name)
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return found[::-1]


# %% iterator-for-a-list: reversed(...) as it is
def backward_order(result):
    found, met = [], set()

    def visit(node):
        if node not in met:
            met.add(node)
            for parent in node.parents:
                visit(parent)
            found.append(node)

    visit(result)
    return reversed(found)


# %% result-is-overwritten: one list for all calls
FOUND = []


def backward_order(result):
    FOUND.clear()

    def visit(node):
        if node not in FOUND:
            for parent in node.parents:
                visit(parent)
            FOUND.insert(0, node)

    visit(result)
    return FOUND


# %% not-a-list-of-nodes: a tuple
def backward_order(result, later=()):
    for parent in result.parents[::-1]:
        if parent not in later:
            later = backward_order(parent, later)
    return (result, *later)


# %% forbidden-name: the module that knows it
def backward_order(result):
    from graphlib import TopologicalSorter

    graph, waiting = {}, [result]
    while waiting:
        node = waiting.pop()
        graph[node] = node.parents
        waiting.extend(node.parents)
    return [*TopologicalSorter(graph).static_order()][::-1]


# %% ignores-where-to-begin: the order of a graph is kept, and given for each of its nodes
KEPT = {}


def backward_order(result):
    def visit(node):
        if node not in found:
            for parent in node.parents:
                visit(parent)
            found.append(node)

    if result not in KEPT:
        found = []
        visit(result)
        KEPT.update(dict.fromkeys(found, found[::-1]))
    return list(KEPT[result])
