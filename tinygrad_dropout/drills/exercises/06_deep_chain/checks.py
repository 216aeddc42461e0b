"""Right on small graphs and on a chain of 50,000, without recursion, searching a list, or walking every path."""

import gc
from collections import deque
from contextlib import contextmanager

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.counted import CountedNode, TooMuchWork, Work
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.recursion import names_in, refuse_a_raised_limit

TOPIC, MINUTES = "backprop", 10
KINDS = ("order", "accumulation", "chain-rule")

DEPTH = 50_000
DIAMONDS = 20
MAX_READS, MAX_LOOKUPS = 20_000, 1_000_000
MAX_COMPARISONS = 20 * DEPTH

SMALL = (
    "a",
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
    "b = a; c = b a x",
    "b = a x; c = a b; d = c x b; e = d a; f = e b; g = f d x",
)


class TooManyComparisons(Exception):
    """A value is searched for in a list again and again."""


class Value:
    """A value that counts comparisons: finding it in a list takes some."""

    comparisons = 0

    def __init__(self, parents=(), slopes=()):
        self.parents, self.slopes, self.grad = parents, slopes, 0.0

    __hash__ = object.__hash__  # a set or a dictionary has no need to compare

    def __eq__(self, other):
        Value.comparisons += 1
        if Value.comparisons > MAX_COMPARISONS:
            raise TooManyComparisons(f"after {MAX_COMPARISONS:,} comparisons")
        return self is other


class Counted(CountedNode):
    """A value that counts how it is used."""

    def __init__(self, work, parents=(), slopes=()):
        super().__init__(work, parents)
        self.slopes, self.grad = slopes, 0.0


class Chain:
    """h = slope h, again and again; to every tenth h, the same weight is added."""

    def __init__(self, judge):
        self.slopes = np.where(judge.rng.random(DEPTH) < 0.5, -1.0, 1.0)
        self.slopes[0] = 2.0

    def __repr__(self):
        return f"a chain of {DEPTH:,} values, slopes 1 and -1; every tenth one uses a weight, too"

    def grads(self, backward):
        """Of the first h, of the weight, of an h in the middle, and of the last one."""
        weight = Value()
        values = [Value()]
        for i, slope in enumerate(self.slopes.tolist()):
            parents, slopes = (values[-1],), (slope,)
            if i % 10 == 0:
                parents, slopes = (*parents, weight)[:: 1 - i % 20 // 5], (*slopes, 1.0)[:: 1 - i % 20 // 5]
            values.append(Value(parents, slopes))
        backward(values[-1])
        return np.array([values[0].grad, weight.grad, values[DEPTH // 2].grad, values[-1].grad])

    def right(self):
        """The same, from the slopes."""
        grads = np.append(np.cumprod(self.slopes[::-1])[::-1], 1.0)
        return np.array([grads[0], grads[1::10].sum(), grads[DEPTH // 2], 1.0])


class Graph:
    """A recipe: which value is made from which, with random slopes or with slopes of -1, 0 and 1."""

    def __init__(self, judge, text, integer_slopes=False):
        self.recipes = []
        for line in text.split("; "):
            name, _, parents = line.partition(" = ")
            count = len(parents.split())
            slopes = (judge.rng.integers(-1, 2, count) * 1.0 if integer_slopes else judge.numbers(count)).tolist()
            self.recipes.append((name, list(zip(slopes, parents.split(), strict=True))))

    def __repr__(self):
        return "\n".join(
            f"{name} = {' + '.join(f'({slope:.5g}) {parent}' for slope, parent in terms) or 'an input'}"
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
    """The gradients that a procedure gives."""

    def formula(graph):
        values = graph.values()
        walk(list(values.values())[-1])
        return [values[name].grad for name in sorted(values)]

    return formula


def pass_on(value):
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
    """Pass gradients on in the order in which values are taken from the ones waiting."""

    def walk(result):
        result.grad = 1.0
        waiting, met = deque([result]), {result}
        while waiting:
            value = take(waiting)
            pass_on(value)
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
            pass_on(value)
            for parent in value.parents:
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)

    return walk


def without_zeros(result):
    """A share of 0 is not counted as received."""
    waits_for = dict.fromkeys(users_first(result), 0)
    for value in waits_for:
        for parent in value.parents:
            waits_for[parent] += 1
    result.grad, ready = 1.0, [result]
    while ready:
        value = ready.pop()
        pass_on(value)
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            waits_for[parent] -= slope != 0
            if slope and waits_for[parent] == 0:
                ready.append(parent)


def overwrite(result):
    result.grad = 1.0
    for value in users_first(result):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad = value.grad * slope


WAITS = "A value passes on what it has. When does it have all of its gradient?"
KNOWN = [
    KnownMistake("result-without-gradient", grads_by(lambda result: plain(result, 0.0)),
         "All gradients are 0: the gradient of the result itself is not set.",
         "How much does the result change when the result changes?", "chain-rule"),
    KnownMistake("ignores-the-slope", grads_by(lambda result: plain(result, share=lambda value, slope: value.grad)),
         "Every parent gets the whole gradient of the value; the slopes are left out.",
         "b = 5 a: does b change as fast as a?", "chain-rule"),
    KnownMistake("ignores-upstream", grads_by(lambda result: plain(result, share=lambda value, slope: slope)),
         "The parents get only the slopes; the gradient of the value itself is left out.",
         "The result changes value.grad times as fast as the value. How fast does it change with the parent?",
         "chain-rule"),
    KnownMistake("breadth-first", grads_by(as_met(deque.popleft)),
         "Values pass their gradient on level by level, some before all values that use them have done so.", WAITS,
         "order"),
    KnownMistake("passes-on-too-early", grads_by(as_met(deque.pop)),
         "Values pass their gradient on in the order of a stack, some before all their users have done so.", WAITS,
         "order"),
    *[KnownMistake("uses-counted-once-per-user", grads_by(as_counted(take)),
           "A value that uses the same parent twice is counted as one use: the parent passes on too early.",
           "d = b + b: how many shares does b get from d, and how many does your count wait for?", "order")
      for take in (deque.pop, deque.popleft)],
    KnownMistake("passes-on-again", grads_by(as_met(deque.pop, again=True)),
         "A value that is used twice is visited twice, and passes on everything it has each time.",
         "When the value is visited again, what has it already passed on?", "accumulation"),
    KnownMistake("passes-on-again", grads_by(as_met(deque.popleft, again=True)),
         "A value that is used twice is visited twice, and passes on everything it has each time.",
         "When the value is visited again, what has it already passed on?", "accumulation"),
    KnownMistake("waits-for-a-share-of-zero", grads_by(without_zeros),
         "A use with slope 0 is not counted as done, so its parent waits forever and never passes on what it has.",
         "A share of 0 is a share. Which line counts it?", "order"),
    KnownMistake("overwrites-the-gradient", grads_by(overwrite),
         "The share of one use overwrites the share of another: only the last one is left.",
         "If a changes and is used twice, how many terms change?", "accumulation"),
]  # fmt: skip


def check(judge: Judge) -> None:
    refuse_tricks(judge)
    backward = judge.function("backward", "result")

    def small(graph):
        values = graph.values()
        backward.function(list(values.values())[-1])
        return np.array([values[name].grad for name in sorted(values)])

    Value.comparisons = 0
    graphs = [Graph(judge, text) for text in SMALL] + [Graph(judge, text, True) for text in SMALL for _ in range(3)]
    judge.compare(
        "small graphs get the right gradients, each value after all values that use it",
        judge.run(Answer(small, "backward", ("result",)), [(graph,) for graph in graphs], repeat=True),
        grads_by(plain),
        name="the gradients",
        entries=lambda graph: graph.names(),
        known=KNOWN,
        question=WAITS,
        kind="order",
        rtol=1e-10,
        atol=1e-12,
    )
    with judge.claim(f"a chain of {DEPTH:,} values does not end in a RecursionError"), no_collection():
        long = Answer(lambda values: values.grads(backward.function), "backward", ("result",))
        runs = judge.run(long, [(Chain(judge),)],
                         known={RecursionError: RECURSION, TooManyComparisons: SEARCH})  # fmt: skip
    judge.compare(
        "the gradients along the chain are right",
        runs,
        Chain.right,
        name="the gradients",
        entries=lambda chain: ["first.grad", "weight.grad", "middle.grad", "last.grad"],
        question=WAITS,
        kind="order",
        rtol=1e-10,
        atol=0,
    )
    with judge.claim(f"{DIAMONDS} diamonds in a row take as many steps as there are values"):
        runs = judge.run(Answer(lambda: diamonds(backward.function), "backward", ("result",)), [()],
                         known={TooMuchWork: PATHS})  # fmt: skip
        if not np.isclose(runs[0].value, 1.0, rtol=1e-10):
            message = (
                f"The gradient of the input is {runs[0].value:.8g}; expected 1, since each diamond halves and adds."
            )
            judge.reject("wrong-values", message, WAITS, kind="order")


RECURSION = KnownMistake(
    "recursion-error",
    None,
    f"A chain of {DEPTH:,} values makes as many nested calls, and Python stops at about 1,000.",
    "Where does a call keep what it still has to do? Where else could you keep that?",
    "order",
)
SEARCH = KnownMistake(
    "searches-a-list",
    None,
    f"Values are searched for in a list: more than {MAX_COMPARISONS:,} comparisons for a chain of {DEPTH:,}.",
    "How long does `in` take in a list, and how long in a set?",
    "order",
)
PATHS = KnownMistake(
    "walks-every-path",
    None,
    f"{DIAMONDS} diamonds in a row, {3 * DIAMONDS + 1} values, took more than {MAX_READS:,} reads of parents or "
    f"{MAX_LOOKUPS:,} lookups: one for each path.",
    "There are 2 paths through one diamond, and 4 through two. Could a value wait until it has all its shares?",
    "order",
)


@contextmanager
def no_collection():
    """Turn the garbage collector off: searching 50,000 new values takes longer than making them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def diamonds(backward):
    """Each splits a value into two halves and adds them."""
    work = Work(MAX_READS, MAX_LOOKUPS)
    first = joined = Counted(work)
    for _ in range(DIAMONDS):
        left, right = Counted(work, (joined,), (0.5,)), Counted(work, (joined,), (0.5,))
        joined = Counted(work, (left, right), (1.0, 1.0))
    backward(joined)
    return first.grad


def refuse_tricks(judge):
    """Refuse what the task does not allow: raising the limit, and the module that has the answer."""
    refuse_a_raised_limit(judge)
    if "graphlib" in names_in(judge.source):
        judge.reject("forbidden-name", "Your file imports graphlib, which has the order ready-made.")
