"""Every node once, after all its users, in a number of steps that does not grow with the number of paths."""

import ast
import re
from collections import deque

from tinygrad_dropout.drills.grader.counted import CountedNode, TooMuchWork, Work
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 10
KINDS = ("order", "accumulation", "state")

MAX_READS, MAX_LOOKUPS = 20_000, 1_000_000

STRAIGHT = ("a", "b = a", "b = a; c = b")
TWICE = ("b = a a; c = b b", "b = a a", "b = a; c = a; d = b c")
#: a short path and a long path to the same node, in both orders, and users that are deep on one side
SHORTCUTS = (
    "b = a; c = a b",
    "b = a; c = b a",
    "b = a; c = b; d = a c",
    "b = a; c = b; d = c a",
    "b = a a; c = a; e = c; d = b e",
    "b = a a; c = a; e = c; d = e b",
    "b = a x; c = a b; d = c x b; e = d a; f = e b; g = f d x",
    "b = a; c = b a x",
    "z = a; b = a z; y = b z b; c = y z a b",
)


class Graph:
    """Nodes that count what is done with them.

    Args:
        text: what is made from what: `b = a a; c = b a`. The last one made is the result.
    """

    def __init__(self, text):
        self.text, self.nodes, work = text, {}, Work(MAX_READS, MAX_LOOKUPS)
        # made in alphabetical order, so that neither names nor addresses reveal what is made from what
        self.unmade = {name: Node(work, name) for name in sorted(set(re.findall(r"\w+", text)))}
        for line in text.split("; "):
            name, _, parents = line.partition(" = ")
            self.result = self.node(name, [self.node(parent) for parent in parents.split()])

    def node(self, name, parents=()):
        if name not in self.nodes:
            self.nodes[name] = self.unmade[name]
            self.nodes[name]._parents = tuple(parents)
        return self.nodes[name]

    def __repr__(self):
        return "; ".join(part if " = " in part else f"{part} by itself" for part in self.text.split("; "))


class Node(CountedNode):
    """A node with a name."""

    def __init__(self, work, name):
        super().__init__(work)
        self.name = name

    def __repr__(self):
        return self.name


def diamonds(count):
    """A chain of diamonds: 3 nodes for each, and twice as many paths."""
    parts = (f"l{i} = n{i}; r{i} = n{i}; n{i + 1} = l{i} r{i}" for i in range(count))
    return Graph("; ".join(parts))


def check(judge: Judge) -> None:
    refuse_graphlib(judge)
    function = judge.function("backward_order", "result")

    def orders(texts):
        """(graph, order) of each."""
        found = []
        for text in texts:
            graph = Graph(text)
            order = function(graph.result)
            refuse_iterators(judge, order)
            if not isinstance(order, list) or not all(isinstance(node, Node) for node in order):
                judge.reject(
                    "not-a-list-of-nodes",
                    f"backward_order returned {order!r:.80}; expected a list of nodes.",
                    "The task asks for a list of the nodes themselves: not their names, not the tuples of parents.",
                )
            found.append((graph, list(order)))
        return found

    with judge.claim("the result is first, and the nodes that it was computed from follow"):
        for graph, order in orders(STRAIGHT):
            refuse_gaps(judge, graph, order)
            refuse_repeats(judge, graph, order)
            refuse_inputs_first(judge, graph, order)
    with judge.claim("each node appears once: b = a + a, c = b + b gives dc/da = 4"):
        for graph, order in orders(TWICE):
            refuse_gaps(judge, graph, order)
            refuse_repeats(judge, graph, order)
            refuse_inputs_first(judge, graph, order)
    with judge.claim("each node comes after all the nodes that use it"):
        found = orders(TWICE + SHORTCUTS)
        for graph, order in found:
            refuse_gaps(judge, graph, order)
            refuse_repeats(judge, graph, order)
        early = [(graph, order) for graph, order in found if too_early(order)]
        if early:
            refuse_early(judge, found, *early[0])
    with judge.claim("nodes are distinguished by identity, not by their names"):
        refuse_names(judge, function)
    with judge.claim("it may be called again, and for another node"):
        refuse_marks(judge, function)
    with judge.claim("20 diamonds in a row, with a million paths, take as many steps as there are nodes"):
        graph = diamonds(20)
        slow = KnownMistake(
            "one-visit-for-each-path",
            None,
            "A chain of 20 diamonds, 61 nodes, took more than 20,000 reads of parents or a million lookups: it walks "
            "every path.",
            "There are 2 paths through one diamond and 4 through two. When can you turn back at a node?",
            "order",
        )
        order = judge.run(function, [(graph.result,)], known={TooMuchWork: slow})[0].value
        refuse_gaps(judge, graph, order)
        refuse_repeats(judge, graph, order)
        if too_early(order):
            refuse_early(judge, [(graph, order)], graph, order)


def refuse_graphlib(judge):
    for node in ast.walk(ast.parse(judge.source)):
        imported = isinstance(node, (ast.Import, ast.ImportFrom)) and "graphlib" in ast.unparse(node)
        if imported or (isinstance(node, ast.Constant) and node.value == "graphlib"):
            judge.reject("forbidden-name", "Your file imports graphlib, which has the answer ready-made.", kind="order")


def refuse_iterators(judge, order):
    """An iterator can be gone through only once."""
    if hasattr(order, "__next__"):
        judge.reject(
            "iterator-for-a-list",
            f"backward_order returned a {type(order).__name__}, which is an iterator; expected a list: use list(...).",
            "How often can you go through an iterator, and what is its length?",
        )


def refuse_names(judge, function):
    """Two nodes of one graph that have the same name."""
    for text in ("b = a; c = a b", "b = a; c = b; d = a c"):
        graph = Graph(text)
        graph.nodes["a"].name = graph.nodes["b"].name = "h"
        order = function(graph.result)
        missing = [node for node in graph.nodes.values() if not any(node is other for other in order)]
        if missing or len(order) != len(graph.nodes):
            judge.reject(
                "met-by-name",
                f"Two nodes are both called h, and the order has {len(order)} of {len(graph.nodes)} nodes: "
                "they were treated as one.",
                "May two nodes have the same name? What else distinguishes them?",
                kind="state",
                shown={"the graph": text.replace("a", "h").replace("b", "h"), "your order": repr(list(order))},
            )


def shown(graph, order):
    return {"the graph": repr(graph), "your order": ", ".join(node.name for node in order) or "(empty)"}


def gradient(order):
    """d result/da if every node is a sum of its parents and this order is followed, adding up."""
    grads = {order[0]: 1}
    for node in order:
        for parent in node._parents:
            grads[parent] = grads.get(parent, 0) + grads.get(node, 0)
    return next(grad for node, grad in grads.items() if node.name == "a")


def refuse_gaps(judge, graph, order):
    """An order that lacks nodes, or has nodes of another graph."""
    strangers = [node for node in order if node not in graph.nodes.values()]
    if strangers:
        judge.reject(
            "nodes-of-an-earlier-call",
            f"The order has {len(order)} nodes, including {len(strangers)} from the graph of an earlier call.",
            "Which list or set outlives a call? A default value is made once, when the function is defined.",
            kind="state",
            shown=shown(graph, order),
        )
    missing = sorted(node.name for node in graph.nodes.values() if node not in order)
    if missing:
        what = "the result itself" if graph.result.name in missing else "some nodes"
        question = {
            "the result itself": "Backward begins there: its gradient is 1. Where else would the others come from?",
            "some nodes": "How does your function reach the parents of the parents?",
        }
        judge.reject(
            "result-missing" if what == "the result itself" else "nodes-missing",
            f"The order lacks {what}: {', '.join(missing[:5])}.",
            question[what],
            kind="order",
            shown=shown(graph, order),
        )


def refuse_repeats(judge, graph, order):
    repeated = next((node for node in order if order.count(node) > 1), None)
    if repeated is None:
        return
    message = f"The order visits {repeated} {order.count(repeated)} times; expected each node once."
    if graph.text == TWICE[0] and (got := gradient(order)) != 4:
        message += f" Followed step by step, it gives dc/da = {got} for b = a + a, c = b + b; expected 4."
    judge.reject(
        "visits-a-node-twice",
        message,
        "A node that is visited again passes its gradient on again. How can you tell that you have been there?",
        kind="accumulation",
        shown=shown(graph, order),
    )


def too_early(order):
    """(node, user) of the first node that comes before one that uses it; None if there is none."""
    place = {node: index for index, node in enumerate(order)}
    pairs = ((parent, node) for node in order for parent in node._parents if place[parent] < place[node])
    return next(pairs, None)


def refuse_inputs_first(judge, graph, order):
    if len(order) > 1 and not too_early(order[::-1]) and too_early(order):
        judge.reject(
            "inputs-first",
            f"The order begins with {order[0]} and ends with {order[-1]}: that is the order of the forward pass.",
            "Whose gradient is known at the beginning of a backward pass?",
            kind="order",
            shown=shown(graph, order),
        )


def breadth_first(result):
    order, waiting = [], deque([result])
    while waiting:
        node = waiting.popleft()
        if node not in order:
            order.append(node)
            waiting.extend(node._parents)
    return order


def depth_first(result, last_parent_first=False):
    order = []

    def visit(node):
        if node not in order:
            order.append(node)
            for parent in node._parents[::-1] if last_parent_first else node._parents:
                visit(parent)

    visit(result)
    return order


def refuse_early(judge, found, graph, order):
    """An order in which a node comes before one that uses it: by which known procedure?"""
    node, user = too_early(order)
    message = f"{node} comes before {user}, which uses it"
    known = (
        ("breadth-first", breadth_first, "the order is breadth first, by the shortest path from the result",
         "There may be a short path and a long path to a node. Which of the two decides when it is complete?"),
        ("depth-first-on-the-way-down", depth_first, "nodes are listed when they are first reached, on the way down",
         "When you first reach a node, do you know that all its users have been reached?"),
        ("depth-first-on-the-way-down", lambda result: depth_first(result, True),
         "nodes are listed when they are first reached, on the way down",
         "When you first reach a node, do you know that all its users have been reached?"),
    )  # fmt: skip
    for code, procedure, says, question in known:
        if all(procedure(graph.result) == order for graph, order in found):
            judge.reject(code, f"{message}: {says}.", question, kind="order", shown=shown(graph, order))
    judge.reject(
        "node-before-its-user",
        f"{message}: its gradient is passed on before it is complete.",
        "When you add a node to the list, how do you know that all nodes that use it are there already?",
        kind="order",
        shown=shown(graph, order),
    )


def refuse_marks(judge, function):
    """Two calls for one graph."""
    graph = Graph("b = a; c = a b")
    returned = function(graph.result)
    first, second = list(returned), list(function(graph.result))
    if second != first and (len(second) != len(first) or too_early(second)):
        judge.reject(
            "second-call-differs",
            f"A second call for the same graph gave {len(second)} nodes, the first one {len(first)}.",
            "Where do you record which nodes were visited, and what is left there after the first call?",
            kind="state",
            shown={"the graph": repr(graph), "first": repr(first), "second": repr(second)},
        )
    part = list(function(graph.nodes["b"]))
    if [node.name for node in part] != ["b", "a"]:
        judge.reject(
            "ignores-where-to-begin",
            f"For b of the same graph the order is {part}; expected [b, a].",
            "Which nodes does b depend on? And what is left from the previous call?",
            kind="state",
            shown={"the graph": repr(graph)},
        )
    if returned != first:
        judge.reject(
            "result-is-overwritten",
            f"The list from the first call has changed: from {len(first)} nodes to {len(returned)}, two calls later.",
            "The first caller still holds that list. Where is it made: once, or in each call?",
            kind="state",
            shown={"the graph": repr(graph), "at first": repr(first), "then": repr(returned)},
        )
