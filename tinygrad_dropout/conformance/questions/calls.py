"""Every call draws its own mask, however many calls there are."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt

import numpy as np

from tinygrad_dropout.conformance.examination import QUICK, Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.history import History, main_history, one_element, other_history
from tinygrad_dropout.conformance.report import counted
from tinygrad_dropout.conformance.statistics import (
    MIN_PAIRS,
    MODERATE,
    NEGLIGIBLE,
    SIGMAS,
    count_deviations,
    dispersion_deviation,
    sigma_threshold,
)
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import calls as mistakes
from tinygrad_dropout.mistakes.dropout import rate as rate_mistakes
from tinygrad_dropout.mistakes.dropout import structure as structure_mistakes


def examine_calls(examination: Examination) -> Iterator[Finding]:
    """Whether each call draws a mask, and a new one."""
    for history in histories(examination):
        if history.overwritten:
            yield mistakes.OUTPUT_OVERWRITTEN.seen()
        yield from stale_masks(examination, history)


def examine_sequence(examination: Examination) -> Iterator[Finding]:
    """Whether the masks of many calls depend on each other, if the elements of one mask are independent."""
    for history in histories(examination):
        draws = history.draws(examination.options.shared_axes)
        checks = (
            forgotten_calls,
            shifted_masks,
            repeated_masks,
            lambda masks, shape=history.x.shape: uneven_elements(masks, shape),
            drifting_rate,
            uneven_counts,
            dependence_on_earlier_masks,
            agreeing_elements,
            several_calls,
        )
        found = next((finding for check in checks for finding in check(draws)), None)
        if found is not None:
            yield found
            return


def examine_one_element(examination: Examination) -> Iterator[Finding]:
    """Whether a single element is sometimes dropped and sometimes kept."""
    if not (examination.options.shapes or examination.options.shared_axes) and 0.4 < examination.half < 0.6:
        yield from stale_masks(examination, one_element(examination))


def histories(examination: Examination) -> Iterator[History]:
    """The calls to examine, made only once."""
    if not examination.histories:
        examination.histories.append(main_history(examination))
        if examination.options.depth != QUICK:
            examination.histories.append(other_history(examination))
    yield from examination.histories


def stale_masks(examination: Examination, history: History) -> Iterator[Finding]:
    """Calls that all drop nothing, all drop everything, or all use the same mask."""
    x, masks = history.x, history.masks
    if masks.all() or not masks.any():
        what = "nothing" if masks.all() else "everything"
        yield structure_mistakes.BY_SIZE.seen(shape=x.shape, what=what, often=", in every call")
    elif (masks == masks[0]).all():
        other = examination.numbers(x.shape, x.dtype.name)
        again = examination.mask_of(history.layer.forward(other), other)
        frozen = np.array_equal(again, masks[0])
        yield mistakes.FROZEN.seen(calls=history.calls) if frozen else mistakes.FOLLOWS_FROM_X.seen()


def forgotten_calls(masks: Array) -> Iterator[Finding]:
    """A single call that drops nothing or everything."""
    rate = 1 - float(np.median(masks.mean(axis=1)))
    size = masks.shape[1]
    for call, mask in enumerate(masks):
        kept = int(mask.sum())
        if kept in (0, size) and size * log((1 - rate if kept else rate) or 1) < log(NEGLIGIBLE):
            what = "dropped nothing" if kept else "dropped everything"
            yield mistakes.FORGOTTEN.seen(call=call + 1, calls=len(masks), what=what)
            return


def repeated_masks(masks: Array) -> Iterator[Finding]:
    """Masks that repeat."""
    rate = float(masks.mean())
    agree = rate**2 + (1 - rate) ** 2
    if masks.shape[1] * log(agree) + 2 * log(len(masks)) > log(NEGLIGIBLE):
        return  # two masks may be equal by chance
    first_use: dict[bytes, int] = {}
    for call, mask in enumerate(masks):
        earlier = first_use.setdefault(mask.tobytes(), call)
        if earlier < call:
            yield mistakes.COME_AGAIN.seen(later=call + 1, earlier=earlier + 1)
            return


def dependence_on_earlier_masks(masks: Array) -> Iterator[Finding]:
    """Masks that agree or disagree with the mask a fixed number of calls earlier more than chance allows."""
    rate = float(masks.mean())
    centered = masks - rate  # mean 0, so that products of independent masks also have mean 0
    products = centered @ centered.T
    spread = rate * (1 - rate) * sqrt(masks.shape[1])  # of one product
    for distance in range(1, len(masks) // 2):
        of_pairs = np.diagonal(products, distance)
        if abs(float(of_pairs.sum())) / sqrt(len(of_pairs)) / spread > sigma_threshold(len(masks)):
            agree = float((masks[:-distance] == masks[distance:]).mean())
            chance = rate**2 + (1 - rate) ** 2
            yield mistakes.ON_EARLIER.seen(distance=counted(distance, "call"), agree=agree, chance=chance)
            return


def shifted_masks(masks: Array) -> Iterator[Finding]:
    """A mask that is the previous one, shifted: windows of one long tape of draws."""
    rate, size = float(masks.mean()), masks.shape[1]
    centered = masks - masks.mean(axis=1, keepdims=True)
    spread = np.maximum(centered.std(axis=1, keepdims=True), 1e-9)
    spectra = np.fft.rfft(centered / spread, 2 * size, axis=1)  # padded, so that nothing wraps around
    agreement = np.fft.irfft(spectra[1:] * spectra[:-1].conj(), 2 * size, axis=1)
    places = np.minimum(np.arange(2 * size), 2 * size - np.arange(2 * size))
    overlap = np.maximum(size - places, 1)
    variance = rate * (1 - rate)
    deviations = agreement / np.sqrt(overlap)
    skew = (1 - 2 * rate) ** 2 / (variance * np.sqrt(overlap))  # as in `lag_deviations`
    deviations -= (np.square(deviations) - 1) * skew / 6
    few = overlap < size // 4
    if not MODERATE[0] < rate < MODERATE[1]:
        few |= overlap * min(rate, 1 - rate) ** 2 < MIN_PAIRS
    deviations[:, few] = 0  # too few elements to say anything
    deviations[:, 0] = 0  # no shift: `repeated_masks` handles that
    call, place = np.unravel_index(int(np.argmax(deviations)), deviations.shape)
    if deviations[call, place] > sigma_threshold(deviations.size):
        shift = int(place if place <= size else place - 2 * size)
        yield mistakes.SHIFTED.seen(later=int(call) + 2, earlier=int(call) + 1, places=shift)


def drifting_rate(masks: Array) -> Iterator[Finding]:
    """A rate that rises or falls over the calls."""
    third = len(masks) // 3
    early, late = 1 - float(masks[:third].mean()), 1 - float(masks[-third:].mean())
    spread = float(masks.mean(axis=1).std())  # of the rates of the calls, which may vary without a drift
    chance = sqrt(early * (1 - early) / masks.shape[1])
    if abs(early - late) > SIGMAS * max(spread, chance) * sqrt(2 / third):
        yield mistakes.RATE_DRIFTS.seen(early=early, late=late, calls=third)


MAX_PAIRED = 300  # elements; these have enough pairs


def agreeing_elements(masks: Array) -> Iterator[Finding]:
    """Two elements that agree or disagree over the calls far more often than chance allows."""
    if not MODERATE[0] < masks.mean() < MODERATE[1]:
        return
    centered = masks[:, :MAX_PAIRED] - masks[:, :MAX_PAIRED].mean(axis=0)
    spread = np.sqrt(np.square(centered).sum(axis=0))
    deviations = np.abs(centered.T @ centered) / np.maximum(np.outer(spread, spread), 1e-9) * sqrt(len(masks))
    np.fill_diagonal(deviations, 0)
    one, other = np.unravel_index(int(np.argmax(deviations)), deviations.shape)
    if deviations[one, other] > sigma_threshold(deviations.size):
        agree = int((masks[:, one] == masks[:, other]).sum())
        yield mistakes.ELEMENTS_AGREE.seen(one=int(one), other=int(other), agree=agree, calls=len(masks))


def several_calls(masks: Array) -> Iterator[Finding]:
    """Three calls in a row whose masks are independent in pairs but not all together."""
    rate = 1 - float(masks.mean())
    if not MODERATE[0] < rate < MODERATE[1]:
        return
    centered = masks - (1 - rate)
    product = centered[:-2] * centered[1:-1] * centered[2:]
    for first in range(3):  # every third call may be the one that depends on the two before it
        every_third = product[first::3]
        deviation = float(every_third.sum()) / sqrt((rate * (1 - rate)) ** 3 * every_third.size)
        if abs(deviation) > sigma_threshold(3):
            yield mistakes.SEVERAL_CALLS.seen(sigmas=abs(deviation))
            return


def uneven_elements(masks: Array, shape: tuple[int, ...]) -> Iterator[Finding]:
    """An element that is dropped too often or too rarely."""
    calls, size = masks.shape
    often = (~masks).sum(axis=0)
    rate = float(often.mean()) / calls
    deviations = count_deviations(often, calls, rate)
    worst = int(np.argmax(np.abs(deviations)))
    if abs(deviations[worst]) > sigma_threshold(size):
        index = [int(i) for i in np.unravel_index(worst, shape)] if size == np.prod(shape) else worst
        yield rate_mistakes.BY_ELEMENT.seen(index=index, count=often[worst], calls=calls, mean=float(often.mean()))


def uneven_counts(masks: Array) -> Iterator[Finding]:
    """A number of dropped elements that varies too little or too much between calls."""
    size = masks.shape[1]
    counts = (~masks).sum(axis=1)
    rate = float(counts.mean()) / size
    deviation = dispersion_deviation(counts, size, rate)
    if abs(deviation) > SIGMAS:
        mistake = mistakes.FIXED_COUNT if deviation < 0 else mistakes.RATE_VARIES
        yield mistake.seen(size=size, spread=float(counts.std()), chance=sqrt(size * rate * (1 - rate)))
