"""Every mask once, weighted by its probability: for a linear network the mean is the eval output, for others it is
not."""

from itertools import product
from math import comb

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "dropout", 12
KINDS = ("expectation", "rescaling", "rate", "edges")

#: units, outputs, p
SIZES = ((1, 1, 0.2), (2, 2, 0.3), (3, 2, 0.35), (3, 2, 0.6), (5, 3, 0.7))
MOST = 10  # units


class Linear:
    """a linear network: f(h)"""

    def __init__(self, rng, units, outputs):
        self.weight, self.calls, self.units = rng.normal(size=(outputs, units)), 0, units
        self.misused = None
        rows = "; ".join(" ".join(f"{value:.4g}" for value in row) for row in self.weight)
        self.__doc__ = f"{type(self).__doc__}, with the matrix [{rows}]"

    def __call__(self, h):
        self.count(h)
        return self.weight @ h

    def count(self, h):
        """Count a call, and record one whose argument is not an array of shape (n,)."""
        self.calls += 1
        if np.shape(h) != (self.units,) or not isinstance(h, np.ndarray):
            self.misused = f"a {type(h).__name__}" if not isinstance(h, np.ndarray) else f"shape {h.shape}"


class Network(Linear):
    """a network with a ReLU and a tanh: f(h)"""

    def __init__(self, rng, units, outputs):
        super().__init__(rng, units, outputs)
        self.first = rng.normal(size=(4, units))
        self.second = rng.normal(size=(outputs, 4))
        self.__doc__ = Network.__doc__  # the matrix is only a part of it

    def __call__(self, h):
        self.count(h)
        return np.tanh(self.second @ np.maximum(self.first @ h, 0) + 0.3) + self.weight @ h


def average(weight, scale):
    """The sum over masks of weight(k, n, p) f(x m scale(p)), as a formula of (f, x, p)."""

    def formula(f, x, p):
        n = len(x)
        masks = [np.array(bits) for bits in product((0, 1), repeat=n)]
        return sum(weight(mask.sum(), n, p) * f(x * mask * scale(p)) for mask in masks)

    return formula


def probability(k, n, p):
    return (1 - p) ** k * p ** (n - k)


def inverse(p):
    return 1 / (1 - p)


RIGHT = average(probability, inverse)
KNOWN = (
    KnownMistake(
        "unweighted-mean",
        average(lambda k, n, p: 0.5**n, inverse),
        "Every mask has the same weight, 1/2^n.",
        "With p = 0.2, is the mask that drops everything as likely as the one that keeps everything?",
        "expectation",
    ),
    KnownMistake(
        "keep-and-drop-swapped",
        average(lambda k, n, p: probability(n - k, n, p), inverse),
        "A mask with k units kept has the weight p^k (1 - p)^(n - k).",
        "p is the probability of dropping. What is the weight of the mask that keeps everything?",
        "rate",
    ),
    KnownMistake(
        "weighted-by-combinations-too",
        average(lambda k, n, p: comb(n, k) * probability(k, n, p), inverse),
        "Each weight includes the number of masks with as many kept units, although each of them is counted, too.",
        "Is comb(n, k) the number of masks, or does it belong to the probability of a single one?",
        "expectation",
    ),
    KnownMistake(
        "dropped-units-without-probability",
        average(lambda k, n, p: (1 - p) ** k, inverse),
        "A mask with k units kept has the weight (1 - p)^k.",
        "How likely is it that the other units are dropped?",
        "expectation",
    ),
    KnownMistake(
        "scale-missing",
        average(probability, lambda p: 1),
        "The kept units are not divided by 1 - p.",
        "Which input would the next layer see on average, and which one in eval mode?",
        "rescaling",
    ),
    KnownMistake(
        "scale-is-1/p",
        average(probability, lambda p: 1 / p),
        "The kept units are divided by p.",
        "A unit is kept with probability 1 - p. What must it be divided by so that its mean is x?",
        "rescaling",
    ),
    KnownMistake(
        "empty-mask-left-out",
        average(lambda k, n, p: probability(k, n, p) if k else 0, inverse),
        "The mask that drops everything is left out.",
        "Do your weights add up to 1?",
        "expectation",
    ),
    KnownMistake(
        "full-mask-left-out",
        average(lambda k, n, p: probability(k, n, p) if k < n else 0, inverse),
        "The mask that keeps everything is left out.",
        "Do your weights add up to 1? Where does your count of masks end?",
        "expectation",
    ),
    KnownMistake(
        "empty-mask-conditioned-away",
        lambda f, x, p: average(lambda k, n, p: probability(k, n, p) if k else 0, inverse)(f, x, p) / (1 - p ** len(x)),
        "The mask that drops everything is left out, and the other weights are scaled up so that they add up to 1.",
        "How likely is the mask that drops everything? Why should it not count?",
        "expectation",
    ),
    KnownMistake(
        "output-scaled",
        lambda f, x, p: average(probability, lambda p: 1)(f, x, p) / (1 - p),
        "f is called with x * mask, and its output is divided by 1 - p; expected the division before the call.",
        "For which f is f(h / (1 - p)) the same as f(h) / (1 - p)?",
        "rescaling",
    ),
    KnownMistake(
        "sum-for-mean",
        average(lambda k, n, p: 1, inverse),
        "The outputs are added up without weights.",
        "How likely is each mask?",
        "expectation",
    ),
    KnownMistake(
        "combinations-counted-once",
        lambda f, x, p: sum(
            probability(k, len(x), p) * f(x * (np.arange(len(x)) < k) / (1 - p)) for k in range(len(x) + 1)
        ),
        "Only one mask is counted for each number of kept units, n + 1 in all; expected all 2^n masks.",
        "How many masks keep exactly one of three units?",
        "expectation",
    ),
    KnownMistake(
        "eval-mode",
        lambda f, x, p: f(x),
        "The result is f(x), which is what eval mode computes; expected the mean over masks.",
        "When is the mean over masks f(x), and when is it not?",
        "expectation",
    ),
)


def check(judge: Judge) -> None:
    function = judge.function("mask_average", "f", "x", "p")
    cases = [
        (kind(judge.rng, n, outputs), judge.numbers(n), p) for n, outputs, p in SIZES for kind in (Linear, Network)
    ]
    of_linear, of_network = cases[::2], cases[1::2]
    f, x, p = of_network[-1]
    one, other = (np.asarray(function(f, x, p)) for _ in range(2))
    with judge.claim("a second call gives the same result"):
        if not np.array_equal(one, other):
            judge.reject(
                "random-masks",
                "Two calls with the same arguments gave different means.",
                "How many masks are there, and can you list them all?",
                kind="expectation",
                shown={"one": one, "the other": other},
            )
    calls = f.calls // 2
    if calls > 2 ** len(x) + 2 and not np.allclose(one, RIGHT(f, x, p), rtol=1e-7):
        with judge.claim("each mask is counted once"):
            judge.reject(
                "masks-are-drawn",
                f"f was called {calls:,} times, and the mean is not exact; expected one call for each of "
                f"{2 ** len(x)} masks.",
                "How many masks are there, and can you list them all?",
                kind="expectation",
                shown={"x": x, "p": p, "yours": one, "expected": RIGHT(f, x, p)},
            )
    of_linear.append((Linear(judge.rng, MOST, 2), judge.numbers(MOST), 0.3))
    before = judge.run(function, of_linear)
    refuse_misuse(judge, of_linear)
    judge.compare(
        "a linear network: the mean is the eval output, f(x)",
        before,
        lambda f, x, p: f(x),
        name="mean",
        known=KNOWN[:-1],
        question="What is E[x m / (1 - p)], for each unit? And do your weights sum to 1?",
        kind="expectation",
        rtol=1e-12,
        atol=1e-13,
    )
    x = judge.numbers(4)
    x[0], x[1] = 0.0, x[2]
    of_network += [(Network(judge.rng, MOST - 1, 1), judge.numbers(MOST - 1), 0.2), (Network(judge.rng, 4, 2), x, 0.3)]
    judge.compare(
        "a network with a ReLU: it is the exact mean, which is not f(x)",
        judge.run(function, of_network),
        RIGHT,
        name="mean",
        known=KNOWN,
        question="Which masks are there, and how likely is each?",
        kind="expectation",
        rtol=1e-12,
        atol=1e-13,
    )
    refuse_common_arrays(judge, function)
    with judge.claim("p = 0: everything is kept"):
        f, x = Network(judge.rng, 3, 2), judge.numbers(3)
        got = np.asarray(function(f, x, 0.0))
        if not np.allclose(got, f(x)):
            judge.reject(
                "wrong-at-p-0",
                "At p = 0 the mean is not f(x), although every unit is kept.",
                "What is 0 to the power of 0 in your weights?",
                kind="edges",
                shown={"x": x, "yours": got, "expected": f(x)},
            )


def refuse_misuse(judge: Judge, cases) -> None:
    with judge.claim("f gets arrays of shape (n,)"):
        for f, x, p in cases:
            if f.misused:
                judge.reject(
                    "f-is-misused",
                    f"f was called with {f.misused}; expected an array of shape {x.shape}.",
                    "What does f take, according to the task?",
                    kind="shapes",
                    shown={"x": x, "p": p},
                )


def refuse_common_arrays(judge: Judge, function) -> None:
    """Reject an answer that changes an array after f has returned it: f may return its own argument."""

    def identity(h):
        """f(h) = h, the same array"""
        return h

    with judge.claim("an f that returns its argument: the mean is x"):
        x = judge.numbers(3)
        got = np.asarray(function(identity, x, 0.3))
        if got.shape != x.shape or not np.allclose(got, x):
            judge.reject(
                "outputs-are-overwritten",
                "With f = lambda h: h, the mean is not x.",
                "f may return the array that it was given. What does your code do to that array for the next mask?",
                kind="ownership",
                shown={"x": x, "yours": got, "expected": x},
            )
