"""The same expectation in both phases; in training, the schemes differ by 1 - p; each scales in only one phase."""

from types import SimpleNamespace

import numpy as np

from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import Corners
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("rescaling", "modes", "rate", "independence", "ownership")

#: (scheme, training) -> the right factor of kept units, in words and as a function of p
RIGHT = {
    ("original", True): ("1", lambda p: 1.0),
    ("original", False): ("1 - p", lambda p: 1 - p),
    ("inverted", True): ("1/(1 - p)", lambda p: 1 / (1 - p)),
    ("inverted", False): ("1", lambda p: 1.0),
}
#: code -> a factor that people use by mistake, in words and as a function of p
FACTORS = {
    "not-scaled": ("1", lambda p: 1.0),
    "scaled-by-1-p": ("1 - p", lambda p: 1 - p),
    "scaled-by-1/(1-p)": ("1/(1 - p)", lambda p: 1 / (1 - p)),
    "scaled-by-p": ("p", lambda p: p),
    "scaled-by-1/p": ("1/p", lambda p: 1 / p),
}
CLAIMS = {
    "eval": "evaluation: x times the scheme's factor, whatever the shape",
    "forward": "training: the result is an array of x's shape, with zeros in it",
}
QUESTIONS = {
    ("original", True): "In which phase does the original scheme scale?",
    ("original", False): "E[y] in training is (1 - p) x. What should evaluation return, where nothing is dropped?",
    ("inverted", True): "E[y] should be x. A unit is kept with probability 1 - p.",
    ("inverted", False): "The inverted scheme has already scaled in training. What is left to do in evaluation?",
}


def check(judge: Judge) -> None:
    function = judge.function("dropout", "x", "p", "training", "rng", "scheme")
    refuse_exchanged(judge, function)
    for (scheme, training), (words, factor) in RIGHT.items():
        phase = "in training" if training else "in evaluation"
        with judge.claim(f"{scheme} scheme, {phase}: kept units are multiplied by {words}"):
            for p in (0.2, 0.35, 0.7) if training else (0.2, 0.35, 0.7, 0.0):
                x = judge.numbers(4, 29)  # 116 * p is never a whole number, so the realized rate is never p
                name = "".join([*scheme])  # an equal string that is not the same object
                y = np.asarray(function(x, p, training, judge.rng.spawn(1)[0], name))
                compare(judge, x, y, p, scheme, training, factor(p), words)
    for scheme in ("original", "inverted"):
        graded_by_the_kit(judge, function, scheme)
    judge.right[:] = dict.fromkeys(judge.right)  # most claims are about both schemes


def refuse_exchanged(judge: Judge, function) -> None:
    """Reject an answer in which each scheme does what the other should, in both phases."""
    p, exchanged, x = 0.35, {"original": "inverted", "inverted": "original"}, judge.numbers(4, 29)
    for scheme, training in RIGHT:
        y = np.asarray(function(x, p, training, judge.rng.spawn(1)[0], scheme))
        if y.shape != x.shape or not (y != 0).any():
            return
        if not np.allclose((y / x)[y != 0], RIGHT[exchanged[scheme], training][1](p)):
            return
    with judge.claim("the names: each scheme does what its name says"):
        judge.reject(
            "schemes-exchanged",
            'The two schemes are exchanged: "original" scales in training, "inverted" in evaluation.',
            "Which of the two does not scale in evaluation?",
            kind="modes",
        )


def compare(judge, x, y, p, scheme, training, right, words):
    """Compare the factor of one call with the correct one."""
    phase = "in training" if training else "in evaluation"
    shown = {"x": x[:2, :4], "p": p, "your y": y[:2, :4] if y.shape == x.shape else y}
    if y.shape != x.shape:
        judge.reject("wrong-shape", f"y has shape {y.shape} for x of shape {x.shape}.", kind="shapes", shown=shown)
    kept = y != 0
    if not kept.any():
        judge.reject("drops-everything", f"The {scheme} scheme returned only zeros {phase}.", kind="rate", shown=shown)
    if not training and not kept.all():
        question = "What does evaluation drop?"
        judge.reject(
            "drops-in-evaluation",
            f"The {scheme} scheme dropped units in evaluation.",
            question,
            kind="modes",
            shown=shown,
        )
    if training and kept.all():
        question = "Which units are 0?"
        judge.reject(
            "never-drops", f"The {scheme} scheme dropped nothing in training.", question, kind="modes", shown=shown
        )
    factors = y[kept] / x[kept]
    if np.allclose(factors, right, rtol=1e-12, atol=0):
        return
    if np.allclose(factors, right):
        judge.reject(
            "inexact",
            f"The {scheme} scheme multiplies by {factors[0]:.12g} {phase}; expected {right:.12g} = {words}.",
            "x is float64, with 16 digits. Which of your steps keeps only some of them?",
            kind="precision",
            shown=shown,
        )
    for code, (name, formula) in FACTORS.items():
        if p and np.allclose(factors, formula(p)):
            message = f"The {scheme} scheme multiplies by {name} {phase}; expected {words}."
            code = f"{scheme}-{code}{'' if training else '-in-evaluation'}"
            judge.reject(code, message, QUESTIONS[scheme, training], kind="rescaling", shown=shown)
    if training and np.allclose(factors, y.size / kept.sum()):
        judge.reject(
            "scale-from-the-realized-rate",
            f"The {scheme} scheme multiplies by size/kept of this particular mask {phase}; expected {words}.",
            "If the scale depends on the whole mask, are the units still independent?",
            kind="rescaling",
            shown=shown,
        )
    least, most = f"{factors.min():.4g}", f"{factors.max():.4g}"
    factors_seen = least if least == most else f"{least} to {most}"
    message = f"The {scheme} scheme multiplies kept units by {factors_seen} {phase}; expected {words}."
    judge.reject("wrong-factor", message, QUESTIONS[scheme, training], kind="rescaling", shown=shown)


def graded_by_the_kit(judge, function, scheme):
    """Let the kit check everything except the factors, which have their own names here."""

    def make(p, rng):
        layer = SimpleNamespace(training=True)
        layer.forward = lambda x: function.function(x, p, layer.training, rng, scheme)
        return layer

    def example(finding):
        x = judge.numbers(3, 4)
        return {"x": x, "p": 0.35, "training": True, "scheme": scheme,
                "your y": function(x, 0.35, True, judge.rng.spawn(1)[0], scheme, may_change=True)}  # fmt: skip

    asked = ("ownership", "forward", "structure", "rate", "randomness", "calls", "eval")
    words = {"forwards of one layer": "calls", "forward in training mode": "dropout"}
    examine(judge, make, asked, claims=CLAIMS, words=words, example=example, forward_only=True, convention=scheme)
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: function(x, 0.35, True, rng, scheme) != 0)
    corners = Corners(
        judge,
        lambda p, rng: lambda x: (function.function(x, p, True, rng, scheme), None),
        call="dropout(x, p, True, rng, scheme)",
        scale=RIGHT[scheme, True][1],
        words="x times the scheme's factor",
        backward=False,
    )
    corners.refuse_unusual_shapes(())
    corners.refuse_wrong_zeros()
    corners.refuse_wrong_near_the_ends()
    corners.refuse_a_fixed_count()
    corners.refuse_wrong_at_zero()
