"""A layer remembers its last forward; earlier calls, copies and a second backward change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from threading import Thread

import numpy as np

from tinygrad_dropout.conformance.examination import QUICK, Examination
from tinygrad_dropout.conformance.graph_layer import GraphLayer
from tinygrad_dropout.conformance.guarded import Array, GuardedLayer
from tinygrad_dropout.conformance.questions.backward import SHAPE, agrees, gradient_finding
from tinygrad_dropout.conformance.report import StopCheck
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import backward as mistakes
from tinygrad_dropout.mistakes.dropout import calls as call_mistakes


def examine_later_rounds(examination: Examination) -> Iterator[Finding]:
    """Backward follows the last of several forwards, and using a layer does not change it."""
    layer, shape = examination.layer(), examination.shape(*SHAPE)
    tolerance, p = examination.tolerance(examination.dtype), examination.p
    scales: list[float] = []
    gradients: list[tuple[Array, Array]] = []
    turns = ("first", "second", "third") if examination.options.depth == QUICK else ORDINALS
    for turn in turns:
        before, x, grad = (examination.numbers(shape) for _ in range(3))
        earlier = layer.forward(before) / before
        y = layer.forward(x).copy()
        factors = y / x
        scales.append(float(np.median(factors[factors != 0])))
        gx = layer.backward(grad)
        finding = gradient_finding(examination, p, x, y, grad, gx, factors, turn=f"in its {turn} backward, ")
        if finding is not None:
            if agrees(gx, grad * earlier, tolerance):
                finding = mistakes.EARLIER_MASK.seen(turn="", where="", p=p, formula=examination.formula)
            elif gradients and agrees(gx, grad * factors + gradients[-1][1], tolerance):
                finding = mistakes.ADDS_UP.seen(turn="", where="", p=p, formula=examination.formula)
            yield finding
            return
        gradients.append((gx, gx.copy()))
    if not all(np.array_equal(gx, copy) for gx, copy in gradients):
        yield mistakes.GRADIENT_OVERWRITTEN.seen()
    if examination.drops and not np.allclose(scales, scales[0], rtol=tolerance):
        after = f"{len(turns) - 1} backwards"
        yield call_mistakes.CHANGES_WITH_USE.seen(first=scales[0], last=scales[-1], after=after)


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")


def examine_second_backward(examination: Examination) -> Iterator[Finding]:
    """A second backward of one forward gives the same result or is refused, and the current mode does not matter."""
    layer, shape = examination.layer(), examination.shape(*SHAPE)
    x, grad = examination.numbers(shape), examination.numbers(shape)
    layer.forward(x)
    gx = layer.backward(grad).copy()
    with suppress(StopCheck):  # refused
        if not np.array_equal(layer.backward(grad), gx):
            yield mistakes.SECOND_DIFFERS.seen()
            return
    factors = layer.forward(x) / x
    layer.set_training(False)
    with suppress(StopCheck):
        gx = layer.backward(grad)
        if not agrees(gx, grad * factors, examination.tolerance(x.dtype)):
            yield mistakes.FOLLOWS_THE_MODE.seen()


def examine_circumstances(examination: Examination) -> Iterator[Finding]:
    """Backward is the same after y or x is overwritten, in another thread, and for g in another precision."""
    shape, tolerance = examination.shape(*SHAPE), examination.tolerance(examination.dtype)
    other = next((dtype for dtype in examination.options.dtypes if dtype != examination.dtype), examination.dtype)

    def overwrite_y(layer: GuardedLayer, x: Array, y: Array, grad: Array) -> Array:
        y[...] = 7
        return layer.backward(grad)

    def overwrite_x(layer: GuardedLayer, x: Array, y: Array, grad: Array) -> Array:
        x[...] = 7
        return layer.backward(grad)

    def in_a_thread(layer: GuardedLayer, x: Array, y: Array, grad: Array) -> Array:
        found: list[Array] = []

        def run() -> None:
            with suppress(StopCheck):
                found.append(layer.backward(grad))

        thread = Thread(target=run)
        thread.start()
        thread.join()
        return found[0]

    def in_another_dtype(layer: GuardedLayer, x: Array, y: Array, grad: Array) -> Array:
        return layer.method("backward")(grad.astype(other))  # type: ignore[no-any-return]

    for act, mistake in (
        (overwrite_y, mistakes.READS_Y),
        (overwrite_x, mistakes.READS_X),
        (in_a_thread, mistakes.FOLLOWS_THE_THREAD),
        (in_another_dtype, mistakes.FOLLOWS_THE_DTYPE),
    ):
        layer = examination.layer()
        x, grad = examination.numbers(shape), examination.numbers(shape)
        given = x.copy()
        y = layer.forward(given, same=True)
        factors = y / x
        with suppress(Exception):  # refusing is not wrong
            gx = act(layer, given, y, grad)
            if isinstance(gx, np.ndarray) and not agrees(gx, grad * factors, 10 * tolerance):
                yield mistake.seen()


def examine_copies(examination: Examination) -> Iterator[Finding]:
    """A deep copy of a layer keeps its own mask."""
    layer, shape = examination.layer(), examination.shape(*SHAPE)
    x, grad = examination.numbers(shape), examination.numbers(shape)
    factors = layer.forward(x) / x
    try:
        copy = deepcopy(layer.layer)
        copy.training = True
        copy.forward(x)
        copy.forward(x)
    except Exception:
        return  # a layer does not have to support copying
    if not agrees(layer.backward(grad), grad * factors, examination.tolerance(x.dtype)):
        yield call_mistakes.COPIES_SHARE.seen()


def examine_two_forwards(examination: Examination) -> Iterator[Finding]:
    """Two forwards before any backward: each backward uses the mask of its own forward."""
    layer, shape = examination.layer(), examination.shape(*SHAPE)
    if not isinstance(layer.layer, GraphLayer):
        examination.not_checked.append("two forwards before their backwards: this needs a layer with a graph")
        return
    inputs = [examination.numbers(shape) for _ in range(2)]
    grad = examination.numbers(shape)
    tolerance = examination.tolerance(grad.dtype)
    outputs, backwards = zip(*(layer.record(x) for x in inputs), strict=True)
    factors = [y / x for y, x in zip(outputs, inputs, strict=True)]
    for number, backward in enumerate(backwards):
        gx = backward(grad)
        if not agrees(gx, grad * factors[number], tolerance):
            whose = "the other forward's" if agrees(gx, grad * factors[1 - number], tolerance) else "another"
            yield mistakes.MASK_OVERWRITTEN.seen(which=("first", "second")[number], whose=whose)
            return
