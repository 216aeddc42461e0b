"""Linear regression with dropout on its inputs is ridge regression: all masks, compared with the closed form.

With q = 1 - p the probability of keeping, R a matrix of independent Bernoulli(q) and G = diag(X.T @ X)^(1/2)
(Srivastava et al. 2014, section 9.1):

    the original scheme    E ||y - (R * X) w||²      =  ||y - q X w||² + q (1 - q) ||G w||²
    inverted, v = q w      E ||y - (R * X) v / q||²  =  ||y - X v||²   + (1 - q) / q ||G v||²

So the weights v that are used at test time are those of ridge regression with the penalty p / (1 - p), where each
weight is multiplied by the size of its own feature: v = (X.T @ X + p / (1 - p) G²)^-1 X.T @ y.

Every row has its own mask, but the expectation of a sum is the sum of the expectations. So it is enough to enumerate
the 2^features masks of one row, and nothing is sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.plots import BLUE, GRAY, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILION, new_figure, save
from tinygrad_dropout.lab.text import counted, new_table
from tinygrad_dropout.lab.theory.masks import all_masks, as_unit_count, probabilities
from tinygrad_dropout.lab.theory.options import LARGEST_SEED, as_dropout_rate, as_whole_number
from tinygrad_dropout.lab.trials import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.table import Table

RATES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
MAX_RATES = 20
MAX_FEATURES = 10
MAX_EXAMPLES = 200
AGREEMENT = 1e-8  # the largest relative difference that counts as rounding
TRIED_WEIGHTS = 5  # points at which losses and gradients are compared
CONVERGED = 1e-12  # training ends at this norm of the gradient, relative to the first
MAX_STEPS = 10_000
LOWEST = 1e-17  # smaller differences are drawn here, because a logarithmic axis has no 0
FEATURE_COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE, "black", GRAY)
MARKERS = "osD^vPX*<>"


@dataclass(frozen=True)
class Options:
    """The options.

    Attributes:
        p: the rates: probabilities that an input is dropped, each 0 <= p < 1.
        features: the number of inputs; 2^features masks are enumerated.
        examples: the number of rows; more than features, so that least squares has a unique solution.
        seed: decides the data and the weights at which losses are compared.

    Raises:
        OptionError: a value is not allowed.
    """

    p: tuple[float, ...] = RATES
    features: int = 8
    examples: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        rates = tuple(as_dropout_rate("p", p, above=False, why="at 1 the penalty is infinite") for p in self.p)
        if not 1 <= len(rates) <= MAX_RATES or len(set(rates)) < len(rates):
            raise OptionError(
                "p", f"expected 1 to {MAX_RATES} different rates, got {','.join(f'{p:g}' for p in rates) or 'none'}"
            )
        checked = {
            "p": tuple(sorted(rates)),
            "examples": as_whole_number("examples", self.examples, 2, MAX_EXAMPLES),
            "features": as_unit_count("features", self.features, 1, MAX_FEATURES, self.examples),
            "seed": as_whole_number("seed", self.seed, 0, LARGEST_SEED),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.examples <= self.features:
            raise OptionError(
                "examples",
                f"expected more than the {self.features} features, because otherwise least squares has many solutions; "
                f"got {self.examples}",
            )


@dataclass(frozen=True)
class Regression:
    """The data: x of shape (examples, features) and y of shape (examples,), float64."""

    x: Numbers
    y: Numbers

    @classmethod
    def draw(cls, options: Options, rng: np.random.Generator) -> Regression:
        """Draw correlated features, and targets that are linear in them, with noise of standard deviation 1."""
        common = rng.normal(size=(options.examples, 1))
        x = 0.7 * common + rng.normal(size=(options.examples, options.features))
        true_weights = rng.normal(size=options.features)
        return cls(x, x @ true_weights + rng.normal(size=options.examples))

    def expected_loss(self, weights: td.Tensor, p: float, scaling: str) -> td.Tensor:
        """E ||y - dropout(X) w||² by enumeration, as a Tensor that can be differentiated.

        Args:
            weights: Tensor of shape (features,).
            p: the rate.
            scaling: "train" for inverted dropout, "test" for the original scheme; see `td.functional.dropout`.
        """
        masks = all_masks(self.x.shape[1])
        shape = (len(masks), *self.x.shape)
        each_row = np.broadcast_to(masks[:, None, :], shape)
        seen = F.dropout(np.broadcast_to(self.x, shape), p, mask=each_row, scaling=scaling)
        residuals = self.y - seen @ weights
        loss: td.Tensor = ((residuals * residuals).sum(axis=1) * probabilities(masks, p)).sum()
        return loss

    def closed_loss(self, weights: Numbers, p: float, scaling: str) -> tuple[float, Numbers]:
        """The right-hand side of the equation in the module docstring, and its gradient, shape (features,)."""
        q = 1 - p
        scale, penalty = (q, q * p) if scaling == "test" else (1.0, p / q)
        residuals = self.y - scale * self.x @ weights
        squares = (self.x**2).sum(axis=0)
        loss = residuals @ residuals + penalty * (squares * weights**2).sum()
        return float(loss), -2 * scale * self.x.T @ residuals + 2 * penalty * squares * weights

    def ridge(self, p: float) -> Numbers:
        """The weights in closed form, (X.T @ X + p / (1 - p) G²)^-1 X.T @ y, shape (features,)."""
        gram = self.x.T @ self.x
        return np.linalg.solve(gram + p / (1 - p) * np.diag(np.diag(gram)), self.x.T @ self.y)

    def normal_equations(self, p: float) -> tuple[Numbers, Numbers]:
        """E[D.T @ D], shape (features, features), and E[D.T @ y], shape (features,), of the inputs D with dropout."""
        masks = all_masks(self.x.shape[1])
        left, right = np.zeros((len(masks[0]), len(masks[0]))), np.zeros(len(masks[0]))
        for mask, probability in zip(masks, probabilities(masks, p), strict=True):
            seen = F.dropout(self.x, p, mask=np.broadcast_to(mask, self.x.shape)).data
            left += probability * seen.T @ seen
            right += probability * seen.T @ self.y
        return left, right

    def train(self, p: float, curvatures: Numbers) -> Numbers:
        """The weights, shape (features,), that gradient descent with momentum finds on the loss over all masks.

        Args:
            p: the rate.
            curvatures: the eigenvalues of the loss's second derivative. The largest, L, and the smallest, l,
                give the fastest step and momentum (Polyak 1964): lr = (2 / (sqrt L + sqrt l))²,
                momentum = ((sqrt L - sqrt l) / (sqrt L + sqrt l))².
        """
        low, high = np.sqrt(curvatures.min()), np.sqrt(curvatures.max())
        weights = nn.Parameter(np.zeros(self.x.shape[1]))
        descent = optim.SGD(
            [weights], lr=float((2 / (high + low)) ** 2), momentum=float(((high - low) / (high + low)) ** 2)
        )
        start = 0.0
        for _ in range(MAX_STEPS):
            descent.zero_grad()
            self.expected_loss(weights, p, "train").backward()
            assert weights.grad is not None
            slope = float(np.linalg.norm(weights.grad))
            start = start or slope
            if slope <= CONVERGED * start:
                break
            descent.step()
        return weights.data


def measure(options: Options) -> Figures:
    """Compare the enumeration with the closed form at every rate.

    Returns:
        masks: their number; rates: for each p the penalty, the weights (closed, solved and trained), the size of
        G v relative to least squares, and the largest relative differences between enumeration and closed form (loss,
        gradient, solved, trained).
    """
    for_data, for_weights = np.random.SeedSequence(options.seed).spawn(2)
    regression = Regression.draw(options, np.random.default_rng(for_data))
    tried = np.random.default_rng(for_weights).normal(size=(TRIED_WEIGHTS, options.features))
    return {"masks": 2**options.features, "rates": [measure_rate(regression, p, tried) for p in options.p]}


def measure_rate(regression: Regression, p: float, tried: Numbers) -> Figures:
    """Compare losses and gradients at the tried weights, shape (weights, features), and the minimizers, at one rate."""
    losses, gradients = [], []
    for weights in tried:
        for scaling in ("train", "test"):
            leaf = td.Tensor(weights, requires_grad=True)
            loss = regression.expected_loss(leaf, p, scaling)
            loss.backward()
            closed_loss, closed_gradient = regression.closed_loss(weights, p, scaling)
            losses.append(distance(loss.data, closed_loss))
            gradients.append(distance(leaf.grad, closed_gradient))
    left, right = regression.normal_equations(p)
    closed, solved = regression.ridge(p), np.linalg.solve(left, right)
    trained = regression.train(p, 2 * np.linalg.eigvalsh(left))
    sizes = np.sqrt((regression.x**2).sum(axis=0))
    return {
        "p": p,
        "penalty": p / (1 - p),
        "weights": {"closed": closed.tolist(), "solved": solved.tolist(), "trained": trained.tolist()},
        "size": float(np.linalg.norm(sizes * closed) / np.linalg.norm(sizes * regression.ridge(0.0))),
        "differences": {
            "loss": max(losses),
            "gradient": max(gradients),
            "solved": distance(solved, closed),
            "trained": distance(trained, closed),
        },
    }


def distance(found: Any, expected: Any) -> float:
    """max |found - expected| / max |expected|."""
    return float(np.abs(np.subtract(found, expected)).max() / np.abs(expected).max())


def describe(options: Figures, figures: Figures) -> str:
    """The measurements."""
    return (
        f"linear regression, {options['examples']} examples, {options['features']} features; all "
        f"{figures['masks']:,} masks of an example enumerated, nothing sampled; seed {options['seed']}"
    )


def tables(figures: Figures) -> Sequence[Table]:
    """For every rate the penalty, the size of the weights, and how far the enumeration is from the closed form."""
    table = new_table("p", "penalty p/(1-p)", "size of weights", "loss", "gradient", "minimum", "trained")
    for found in figures["rates"]:
        differences = (f"{found['differences'][key]:.0e}" for key in ("loss", "gradient", "solved", "trained"))
        table.add_row(f"{found['p']:g}", f"{found['penalty']:.4g}", f"{found['size']:.3f}", *differences)
    return [table]


def notes(figures: Figures) -> Sequence[str]:
    """Whether the two sides are equal, and what the table shows."""
    largest = max(max(found["differences"].values()) for found in figures["rates"])
    rates = counted(len(figures["rates"]), "rate")
    verdict = "is ridge regression" if largest <= AGREEMENT else "is not ridge regression here"
    if all(found["p"] == 0 for found in figures["rates"]):
        verdict += ", but at p = 0 there is no penalty"
    return [
        f"Linear regression with dropout on its inputs {verdict}: the largest relative difference at "
        f"{rates} is {largest:.0e} (up to 1e{round(math.log10(AGREEMENT))} counts as rounding).",
        "Size of weights: |G v| relative to least squares. Loss, gradient, minimum and trained: the relative "
        "difference between the enumeration of all masks and the closed form.",
        "The penalty is p / (1 - p) times the square of |G v|, with G = diag(X.T @ X)^(1/2): each weight is multiplied "
        "by the size of its own feature.",
    ]


def draw(file: BinaryIO, figures: Figures, title: str, caption: str) -> None:
    """Every weight over p, closed form and trained, on the left; the relative differences on the right."""
    figure = new_figure(width=11, height=5.2)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    rates = [found["p"] for found in figures["rates"]]
    closed, trained = (
        np.array([found["weights"][key] for found in figures["rates"]]).T for key in ("closed", "trained")
    )
    for feature, (line, points) in enumerate(zip(closed, trained, strict=True)):
        color = FEATURE_COLORS[feature % len(FEATURE_COLORS)]
        left.plot(rates, line, "-", color=color, lw=1.5)
        left.plot(rates, points, MARKERS[feature], color=color, ms=6)
    left.plot([], [], "-", color="black", lw=1.5, label="closed form (ridge)")
    left.plot([], [], "o", color="black", ms=6, label="trained, all masks enumerated (a marker for each weight)")
    left.axhline(0, color=GRAY, lw=1)
    left.set(xlabel="p, the probability that an input is dropped", ylabel="weight (target units per feature unit)")
    left.set_title("Every weight, as p grows")
    draw_agreement(right, rates, figures["rates"])
    save(figure, file, title, caption, left, columns=2)


def draw_agreement(axes: Axes, rates: list[float], found: list[Figures]) -> None:
    """Draw the relative differences between enumeration and closed form, and the largest allowed difference."""
    kinds = {
        "loss": ("loss", "o:", GREEN),
        "gradient": ("gradient", "^--", GRAY),
        "solved": ("minimum, solved", "s-.", BLUE),
        "trained": ("minimum, trained", "D-", VERMILION),
    }
    for key, (name, style, color) in kinds.items():
        differences = [max(each["differences"][key], LOWEST) for each in found]
        axes.plot(rates, differences, style, color=color, ms=5, lw=1, label=name)
    axes.axhline(AGREEMENT, color="black", lw=1.5)
    axes.annotate("allowed", (0, AGREEMENT), xycoords=("axes fraction", "data"), xytext=(4, 4),
                  textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set(xlabel="p", ylabel="relative difference", yscale="log", ylim=(LOWEST / 3, AGREEMENT * 100))
    axes.set_title("All masks, compared with the closed form")
    axes.legend(fontsize=8, frameon=False, loc="upper right", bbox_to_anchor=(1, 0.8))
