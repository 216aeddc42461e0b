"""Right on small graphs and on a chain of 50,000: without recursion, searching a list, or walking every path."""

import ast
import gc
from collections import deque

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 10
KINDS = ("order", "accumulation", "chain-rule")

DEPTH = 50_000
DIAMONDS = 14
MOST_READS = 10_000
MOST_COMPARISONS = 20 * DEPTH

SMALL = (
    "b = a",
    "b = a a",
    "b = a; c = b",
    "b = a a; c = b b",
    "b = a; c = a b",
    "b = a; c = b a",
    "b = a; c = a; d = b c",
    "b = a; c = b; d = a c",
    "b = a; c = b; d = c a",
    "b = a; c = b; d = c b b",
    "b = a; c = b; d = b b c",
    "b = a x; c = a b; d = c x b; e = d a; f = e b; g = f d x",
)


class TooManyReads(Exception):
    """The parents of some value are read again and again."""


class TooManyComparisons(Exception):
    """A value is looked for in a list again and again."""


class Value:
    """A value of ours. To be found in a list it must be compared with the others there, which is counted."""

    comparisons = 0

    def __init__(self, parents=(), slopes=()):
        self.parents, self.slopes, self.grad = parents, slopes, 0.0

    __hash__ = object.__hash__  # a set or a dictionary has no need to compare

    def __eq__(self, other):
        Value.comparisons += 1
        if Value.comparisons > MOST_COMPARISONS:
            raise TooManyComparisons(f"after {MOST_COMPARISONS:,} comparisons")
        return self is other


class Counted:
    """A value that counts how often the parents of any are read."""

    def __init__(self, reads, parents=(), slopes=()):
        self.reads, self.own, self.slopes, self.grad = reads, parents, slopes, 0.0

    @property
    def parents(self):
        self.reads.append(1)
        if len(self.reads) > MOST_READS:
            raise TooManyReads(f"after {MOST_READS:,} reads")
        return self.own


class Chain:
    """The slopes of a long chain."""

    def __init__(self, judge):
        self.slopes = np.where(judge.rng.random(DEPTH) < 0.5, -1.0, 1.0)

    def __repr__(self):
        return f"a chain of {DEPTH:,} values, slopes 1 and -1"


class Graph:
    """A recipe: what is made from what, with random slopes."""

    def __init__(self, judge, text):
        self.recipes = []
        for line in text.split("; "):
            name, parents = line.split(" = ")
            slopes = judge.numbers(len(parents.split())).tolist()
            self.recipes.append((name, list(zip(slopes, parents.split(), strict=True))))

    def __repr__(self):
        return "\n".join(
            f"{name} = {' + '.join(f'({slope:.5g}) {parent}' for slope, parent in terms)}"
            for name, terms in self.recipes
        )

    def names(self):
        """`a.grad` and so on, as the gradients are listed."""
        return [f"{name}.grad" for name in sorted(self.values())]

    def values(self):
        """All values by name, the result last."""
        values = {}
        for name, terms in self.recipes:
            parents = tuple(values.setdefault(parent, Value()) for _, parent in terms)
            values[name] = Value(parents, tuple(slope for slope, _ in terms))
        return values


def grads_by(walk):
    """The gradients after some procedure."""

    def formula(graph):
        values = graph.values()
        walk(list(values.values())[-1])
        return [values[name].grad for name in sorted(values)]

    return formula


def hand_on(value):
    for parent, slope in zip(value.parents, value.slopes, strict=True):
        parent.grad += value.grad * slope


def users_first(result):
    found, met = [], set()

    def visit(value):
        if value not in met:
            met.add(value)
            for parent in value.parents:
                visit(parent)
            found.append(value)

    visit(result)
    return found[::-1]


def plain(result, start=1.0, share=lambda value, slope: value.grad * slope):
    result.grad = start
    for value in users_first(result):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += share(value, slope)


def as_met(take, again=False):
    """Hand on in the order in which values are taken out of those that were met."""

    def walk(result):
        result.grad = 1.0
        waiting, met = deque([result]), {result}
        while waiting:
            value = take(waiting)
            hand_on(value)
            for parent in value.parents:
                if again or parent not in met:
                    met.add(parent)
                    waiting.append(parent)

    return walk


def as_counted(take):
    """A value waits for each of its users once, however often the user uses it."""

    def walk(result):
        uses = dict.fromkeys(users_first(result), 0)
        for value in uses:
            for parent in set(value.parents):
                uses[parent] += 1
        result.grad, ready = 1.0, deque([result])
        while ready:
            value = take(ready)
            hand_on(value)
            for parent in value.parents:
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)

    return walk


def overwrite(result):
    result.grad = 1.0
    for value in users_first(result):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad = value.grad * slope


WAITS = "A value hands on what it has. When has it got all of it?"
KNOWN = [
    KnownMistake("result-without-gradient", grads_by(lambda result: plain(result, 0.0)),
         "All gradients are 0: the result's own is not set.",
         "How much does the result move when the result moves?", "chain-rule"),
    KnownMistake("ignores-the-slope", grads_by(lambda result: plain(result, share=lambda value, slope: value.grad)),
         "Every parent gets the whole gradient of the value; the slopes are left out.",
         "b = 5 a: does b move as fast as a?", "chain-rule"),
    KnownMistake("ignores-upstream", grads_by(lambda result: plain(result, share=lambda value, slope: slope)),
         "The parents get the slopes alone; the gradient of the value itself is left out.",
         "The result moves value.grad times as fast as the value. How fast does it move with the parent?",
         "chain-rule"),
    KnownMistake("breadth-first", grads_by(as_met(deque.popleft)),
         "Values hand on level by level, some of them before all values that use them have done so.", WAITS, "order"),
    KnownMistake("hands-on-too-early", grads_by(as_met(deque.pop)),
         "Values hand on in the order in which a stack gives them, some before all their users have done so.", WAITS,
         "order"),
    *[KnownMistake("uses-counted-once-per-user", grads_by(as_counted(take)),
           "A value that uses the same parent twice is counted as one use: the parent hands on before all has arrived.",
           "d = b + b: how many shares does b get from d, and how many does your count wait for?", "order")
      for take in (deque.pop, deque.popleft)],
    KnownMistake("hands-on-again", grads_by(as_met(deque.pop, again=True)),
         "A value that is used twice is visited twice, and hands on all that it has each time.",
         "What has the value handed on already when it is visited again?", "accumulation"),
    KnownMistake("hands-on-again", grads_by(as_met(deque.popleft, again=True)),
         "A value that is used twice is visited twice, and hands on all that it has each time.",
         "What has the value handed on already when it is visited again?", "accumulation"),
    KnownMistake("overwrites-the-gradient", grads_by(overwrite),
         "The share of one use replaces the share of another: the last one alone is left.",
         "If a moves and is used twice, how many terms move?", "accumulation"),
]  # fmt: skip


def check(judge: Judge) -> None:
    refuse_tricks(judge)
    backward = judge.function("backward", "result")

    def small(graph):
        values = graph.values()
        backward.function(list(values.values())[-1])
        return [values[name].grad for name in sorted(values)]

    Value.comparisons = 0
    judge.compare(
        "small graphs get the right gradients, each value after all that use it",
        judge.run(Answer(small, "backward", ("result",)), [(Graph(judge, text),) for text in SMALL]),
        grads_by(plain),
        name="the gradients",
        entries=lambda graph: graph.names(),
        known=KNOWN,
        question=WAITS,
        kind="order",
    )
    with judge.claim(f"a chain of {DEPTH:,} values is gone through without a RecursionError"):
        long = Answer(lambda values: chain(backward.function, values.slopes), "backward", ("result",))
        runs = judge.run(long, [(Chain(judge),)],
                         known={RecursionError: RECURSION, TooManyComparisons: SEARCH})  # fmt: skip
    judge.compare(
        "the gradient at the far end is right",
        runs,
        lambda values: 2 * values.slopes.prod(),
        name="the grad at the far end",
        question=WAITS,
        kind="order",
    )
    with judge.claim(f"{DIAMONDS} diamonds in a row take as many steps as there are values"):
        runs = judge.run(Answer(lambda: diamonds(backward.function), "backward", ("result",)), [()],
                         known={TooManyReads: PATHS})  # fmt: skip
    judge.compare(
        "the gradient behind them is right",
        runs,
        lambda: 1.0,
        name="the grad of the input",
        question=WAITS,
        kind="order",
    )


RECURSION = KnownMistake(
    "recursion-error",
    None,
    f"A chain of {DEPTH:,} values makes as many calls inside one another, and Python stops at about 1,000.",
    "Where does a call keep what it has still to do? Where else could that be kept?",
    "order",
)
SEARCH = KnownMistake(
    "searches-a-list",
    None,
    f"Values are looked for in a list: more than {MOST_COMPARISONS:,} comparisons for a chain of {DEPTH:,}.",
    "How long does `in` take for a list, and how long for a set?",
    "order",
)
PATHS = KnownMistake(
    "walks-every-path",
    None,
    f"{DIAMONDS} diamonds in a row, {3 * DIAMONDS + 1} values, took more than {MOST_READS:,} steps: one for each path.",
    "There are 2 paths through one diamond, 4 through two. Could a value wait until all its shares are there?",
    "order",
)


def chain(backward, signs):
    """h = 2 h once, then h = sign h again and again; the gradient of the first h."""
    first = Value()
    h = Value((first,), (2.0,))
    collects = gc.isenabled()
    gc.disable()  # it would look through 50,000 new values for nothing, for longer than it takes to make them
    try:
        for sign in signs.tolist():
            h = Value((h,), (sign,))
        backward(h)
    finally:
        if collects:
            gc.enable()
    return first.grad


def diamonds(backward):
    """Each splits a value into two halves and adds them."""
    reads = []
    first = joined = Counted(reads)
    for _ in range(DIAMONDS):
        left, right = Counted(reads, (joined,), (0.5,)), Counted(reads, (joined,), (0.5,))
        joined = Counted(reads, (left, right), (1.0, 1.0))
    backward(joined)
    return first.grad


def refuse_tricks(judge):
    """What is refused by the task: tricks that move the limit, and the module that has the answer."""
    for node in ast.walk(ast.parse(judge.source)):
        names = [getattr(node, "attr", ""), getattr(node, "id", ""), getattr(node, "module", "")]
        names += [alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)]
        if "setrecursionlimit" in names or "stack_size" in names:
            judge.reject(
                "raises-the-recursion-limit",
                "Your file raises the recursion limit; the next longer chain overflows it, or the process's own stack.",
                "Which structure of your own could hold what is still to be done, and grow as it needs?",
                kind="order",
            )
        if "graphlib" in names:
            judge.reject("forbidden-name", "Your file imports graphlib, which has the order ready-made.")
