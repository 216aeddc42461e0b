"""Every call draws a mask of its own, and so does every layer."""

from __future__ import annotations

from math import sqrt

import numpy as np

from tinygrad_dropout.conformance.report import Log
from tinygrad_dropout.conformance.statistics import (
    SIGMAS,
    band,
    dispersion_deviation,
    rate_deviation,
)
from tinygrad_dropout.conformance.subject import Array
from tinygrad_dropout.conformance.trial import Trial

CALLS, SHAPE, P = 120, (7, 13), 0.35  # enough to see that one element is never, or always, dropped
FRESH = "a fresh mask for every call"


def examine_calls(trial: Trial) -> None:
    """Name what the masks of many calls of one layer, and of two layers, have in common."""
    subject = trial.subject(P)
    x = trial.numbers(*SHAPE)
    first = subject.forward(x)
    copy = first.copy()
    masks = np.array([first != 0, *(subject.forward(x) != 0 for _ in range(CALLS - 1))]).reshape(CALLS, -1)
    if masks.all() or not masks.any():
        what = "nothing" if masks.all() else "everything"
        problem = f"with {SHAPE[0]} x {SHAPE[1]} elements {what} is dropped, in every call"
        trial.log.finding("differs-with-the-size", problem, "small arrays treated as large ones are")
        return
    if not np.array_equal(first, copy, equal_nan=True):
        problem = "the array that the first forward returned was overwritten by a later forward"
        trial.log.finding("output-is-overwritten", problem, "a new array for every output")
    if (masks == masks[0]).all():
        other = subject.forward(trial.numbers(*SHAPE)) != 0
        if np.array_equal(other.ravel(), masks[0]):
            trial.log.finding("mask-is-frozen", f"{CALLS} forwards of one layer all used the same mask", FRESH)
        else:
            problem = "the same x always gets the same mask, another x another: the mask is computed from x"
            trial.log.finding("mask-follows-from-x", problem, FRESH)
        return
    if trial.independent:
        repeated_masks(masks, trial.log)
        uneven_elements(masks, trial.log)
    one, other = (trial.subject(P).forward(x) for _ in range(2))
    if np.array_equal(one, other):
        problem = "two layers, made with different generators, drew the same first mask"
        trial.log.finding("same-mask-in-every-layer", problem, "layers that draw for themselves")


def repeated_masks(masks: Array, log: Log) -> None:
    """Masks that come again, or that depend on an earlier one."""
    first_use: dict[bytes, int] = {}
    for call, mask in enumerate(masks):
        earlier = first_use.setdefault(mask.tobytes(), call)
        if earlier < call:
            problem = f"call {call + 1} used the mask of call {earlier + 1} again"
            log.finding("masks-come-again", problem, FRESH)
            return
    rate = float(masks.mean())
    centred = masks - rate  # of mean 0, so that products of independent ones have mean 0, too
    products = centred @ centred.T
    spread = rate * (1 - rate) * sqrt(masks.shape[1])  # of one product
    for distance in range(1, len(masks) // 2):
        of_pairs = np.diagonal(products, distance)
        if abs(float(of_pairs.sum())) / sqrt(len(of_pairs)) / spread > band(len(masks)):
            agree = float((masks[:-distance] == masks[distance:]).mean())
            problem = (
                f"masks {distance} call{'s'[: distance > 1]} apart agree in {agree:.3f} of their elements, "
                f"where chance has {rate**2 + (1 - rate) ** 2:.3f}"
            )
            log.finding("depends-on-earlier-masks", problem, FRESH)
            return


def uneven_elements(masks: Array, log: Log) -> None:
    """An element that is dropped too often or never; a number of dropped elements that hardly varies between calls."""
    calls, size = masks.shape
    dropped = ~masks
    rate, often, counts = float(dropped.mean()), dropped.sum(axis=0), dropped.sum(axis=1)
    deviations = [rate_deviation(int(count), calls, rate) for count in often]
    worst = int(np.argmax(np.abs(deviations)))
    if abs(deviations[worst]) > band(size):
        index = [int(i) for i in np.unravel_index(worst, SHAPE)]
        problem = f"element {index} was dropped in {often[worst]} of {calls} calls, the others in {often.mean():.0f}"
        log.finding("rate-depends-on-the-place", problem, "the same rate everywhere")
        return
    deviation = dispersion_deviation(counts, size, rate)
    if abs(deviation) > SIGMAS:
        chance = sqrt(size * rate * (1 - rate))
        varies = f"varies by {counts.std():.2f} from call to call, where chance has {chance:.2f}"
        code = "fixed-count" if deviation < 0 else "rate-varies-between-calls"
        log.finding(code, f"the number dropped, of {size}, {varies}", "each element is dropped or kept for itself")
