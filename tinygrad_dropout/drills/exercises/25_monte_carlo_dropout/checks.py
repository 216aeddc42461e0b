"""T passes in training mode; the mean of the probabilities; s/sqrt(T), with T - 1 in s."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.layout import counted

TOPIC, MINUTES = "dropout", 10
KINDS = ("expectation", "stability", "modes", "independence", "axes")

#: rows, classes, passes
SIZES = ((1, 2, 2), (2, 3, 5), (4, 3, 9))


def softmax(logits, axis=-1):
    exponentials = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


class Network:
    """A linear network with dropout on its input; it records its calls and its results."""

    def __init__(self, rng, inputs, classes):
        self.rng, self.weight = rng, rng.normal(size=(classes, inputs))
        self.modes, self.inputs, self.logits = [], [], []

    def __call__(self, x, training):
        self.modes.append(bool(training))
        self.inputs.append(x.copy())
        kept = self.rng.random(x.shape) >= 0.35 if training else np.ones(x.shape, dtype=bool)
        logits = (x * kept / (0.65 if training else 1)) @ self.weight.T
        self.logits.append(logits.copy())
        return logits

    __doc__ = "a network: forward(x, training)"


def probabilities_of(forward):
    return softmax(np.array(forward.logits))


def spread(forward, ddof=1):
    return probabilities_of(forward).std(axis=0, ddof=ddof)


def check(judge: Judge) -> None:
    function = judge.function("monte_carlo", "forward", "x", "samples")
    cases = [(Network(judge.rng, 6, classes), judge.numbers(rows, 6), samples) for rows, classes, samples in SIZES]
    runs = judge.run(function, cases)
    with judge.claim("the network runs in training mode, so it drops units"):
        for forward, x, samples in cases:
            if not all(forward.modes):
                judge.reject(
                    "eval-mode",
                    f"Of {len(forward.modes)} passes, {forward.modes.count(False)} ran with training=False.",
                    "How much do passes differ if nothing is dropped?",
                    kind="modes",
                    shown={"x": x, "samples": samples},
                )
    with judge.claim("there are `samples` passes, each over all of x"):
        for forward, x, samples in cases:
            if len(forward.modes) == 1 and samples > 1:
                judge.reject(
                    "one-pass-reused",
                    f"forward was called once; expected {samples} times.",
                    "What do you learn from seeing the same mask twice?",
                    kind="independence",
                    shown={"x": x, "samples": samples},
                )
            rows = sorted({len(given) for given in forward.inputs})
            if rows == [len(x)] and not all(np.array_equal(given, x) for given in forward.inputs):
                judge.reject(
                    "passes-another-x",
                    "forward was not called with the numbers of x.",
                    "Dropout and scaling happen inside forward. What is left for you to do to x?",
                    kind="expectation",
                    shown={"x": x, "forward's x": forward.inputs[-1]},
                )
            if len(forward.modes) != samples or rows != [len(x)]:
                called = counted(len(forward.modes), "time")
                judge.reject(
                    "wrong-number-of-passes",
                    f"forward was called {called}, with x of {' or '.join(map(str, rows))} rows; "
                    f"expected {counted(samples, 'time')}, with x of {counted(len(x), 'row')}.",
                    "Which loop runs over the passes, and what is x in it?",
                    kind="expectation",
                    shown={"x": x, "samples": samples},
                )
    means, errors = judge.parts(runs, "mean", "standard_error")
    judge.compare(
        "the mean is the mean of the probabilities",
        means,
        lambda forward, x, samples: probabilities_of(forward).mean(axis=0),
        name="mean",
        known=[
            KnownMistake(
                "logits-averaged",
                lambda forward, x, samples: softmax(np.mean(forward.logits, axis=0)),
                "mean is the softmax of the mean logits; expected the mean of the softmax.",
                "Is softmax linear? Which of the two is the expected probability over masks?",
                "expectation",
            ),
            KnownMistake(
                "no-softmax",
                lambda forward, x, samples: np.mean(forward.logits, axis=0),
                "mean is the mean of the logits: the softmax is missing.",
                "What does forward return, and what does the task ask for?",
                "expectation",
            ),
            KnownMistake(
                "softmax-over-everything",
                lambda forward, x, samples: np.mean(
                    [np.exp(one - one.max()) / np.exp(one - one.max()).sum() for one in forward.logits], axis=0
                ),
                "The probabilities add up to 1 over the whole array, not over the classes.",
                "Which axis holds the probabilities of one example?",
                "axes",
            ),
            KnownMistake(
                "results-swapped",
                lambda forward, x, samples: spread(forward) / np.sqrt(samples),
                "The standard error is returned first; expected (mean, standard_error).",
                "In which order does the task name the two results?",
                "python",
            ),
            KnownMistake(
                "softmax-twice",
                lambda forward, x, samples: softmax(probabilities_of(forward)).mean(axis=0),
                "mean is the mean of softmax(softmax(logits)); expected only one softmax.",
                "What are the numbers after the first softmax?",
                "expectation",
            ),
            KnownMistake(
                "softmax-over-the-batch",
                lambda forward, x, samples: softmax(np.array(forward.logits), axis=1).mean(axis=0),
                "The probabilities add up to 1 over the batch, not over the classes.",
                "Which axis holds the probabilities of one example?",
                "axes",
            ),
        ],
        question="Which numbers are averaged, and over which axis?",
        kind="expectation",
        rtol=1e-9,
    )

    judge.compare(
        "the standard error of the mean is s / sqrt(samples)",
        errors,
        lambda forward, x, samples: spread(forward) / np.sqrt(samples),
        name="standard_error",
        known=[
            KnownMistake(
                "spread-for-standard-error",
                lambda forward, x, samples: spread(forward),
                "standard_error is the standard deviation of one pass; expected that of the mean, which is smaller.",
                "With four times as many passes, how much better is the mean? Does the spread of one pass change?",
                "expectation",
            ),
            KnownMistake(
                "ddof-missing",
                lambda forward, x, samples: spread(forward, ddof=0) / np.sqrt(samples),
                "The sum of squares is divided by samples; expected samples - 1.",
                "The mean was computed from the same numbers. In which direction does that bias the deviation?",
                "expectation",
            ),
            KnownMistake(
                "divided-by-samples",
                lambda forward, x, samples: spread(forward) / samples,
                "The deviation is divided by samples; expected a division by their square root.",
                "Variances of independent numbers add up. What is the variance of their mean, and its root?",
                "expectation",
            ),
            KnownMistake(
                "divided-by-the-root-of-the-batch",
                lambda forward, x, samples: spread(forward) / np.sqrt(len(x)),
                "The deviation is divided by the square root of the number of rows of x; expected the number of "
                "passes.",
                "What was averaged: the rows, or the passes?",
                "axes",
            ),
            KnownMistake(
                "error-of-the-logits",
                lambda forward, x, samples: np.std(forward.logits, axis=0, ddof=1) / np.sqrt(samples),
                "standard_error is that of the logits; expected that of the probabilities.",
                "Which numbers is the mean taken over?",
                "expectation",
            ),
            KnownMistake(
                "variance-for-deviation",
                lambda forward, x, samples: spread(forward) ** 2 / samples,
                "standard_error is the variance of the mean; the square root is missing.",
                "What unit should the error of a probability have?",
                "expectation",
            ),
        ],
        question="How does the error of a mean fall with the number of passes?",
        kind="expectation",
        rtol=1e-9,
        atol=1e-8,
    )
    refuse_a_negative_variance(judge, function)
    with judge.claim("large logits: the probabilities stay finite"):
        network = Network(judge.rng, 6, 3)
        mean, error = map(np.asarray, function(network, judge.numbers(2, 6) * 1e3, 4))
        if not np.allclose(mean, probabilities_of(network).mean(axis=0)) or not np.isfinite(error).all():
            judge.reject(
                "softmax-overflows",
                f"With logits up to {np.abs(network.logits).max():.0f}, mean is wrong, or mean or "
                "standard_error has NaN in it.",
                "What is exp(1000) in float64? What can you subtract from all logits of a row?",
                kind="stability",
                shown={"yours": mean, "expected": probabilities_of(network).mean(axis=0)},
            )
    with judge.claim("the standard error falls as 1/sqrt(samples): 16 times the passes give a quarter of it"):
        x = judge.numbers(3, 6)
        network = Network(judge.rng, 6, 3)
        few, many = (np.asarray(function(network, x, samples)[1]) for samples in (100, 1600))
        ratio = float(np.mean(few) / np.mean(many))
        if not 3.2 < ratio < 4.9:  # about six of its own standard errors around 4
            judge.reject(
                "error-does-not-fall",
                f"From 100 to 1600 passes, standard_error fell by a factor of {ratio:.3g}; expected about 4.",
                "Which number of passes does your formula use?",
                kind="expectation",
            )


def refuse_a_negative_variance(judge: Judge, function) -> None:
    """Reject a variance below 0: if all passes agree, mean of squares minus square of mean may be rounded to that."""
    with judge.claim("passes that agree: the standard error is 0, up to rounding"):
        logits = judge.numbers(8, 5)

        def forward(x, training):
            """a network that returns the same logits in every pass"""
            return logits.copy()

        x = judge.numbers(8, 6)
        error = np.asarray(function(forward, x, 7)[1])
        worst = error.ravel()[np.argmax(np.abs(error))]  # NaN if there is one
        if not abs(worst) < 1e-6:
            judge.reject(
                "variance-is-negative" if np.isnan(worst) else "error-of-equal-passes",
                f"In 7 passes with the same logits, standard_error has values such as {worst:.3g}; expected 0.",
                "Can a difference of two means be rounded to a number below 0? What is its square root?",
                kind="stability",
                shown={"logits of each pass": logits[:2], "your standard_error": error[:2]},
            )
