"""A mask that forward returns together with y shows which elements were kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import layer as mistakes

SHAPE = (11, 13)


def examine_returned_mask(examination: Examination) -> Iterator[Finding]:
    """Compare the attribute `returned_mask`, which adapters set, with y."""
    layer = examination.layer()
    x = examination.numbers(examination.shape(*SHAPE))
    kept = examination.mask_of(layer.forward(x), x)
    returned = getattr(layer.layer, "returned_mask", None)
    if returned is None:
        return
    mask = np.asarray(returned)
    if mask.shape != kept.shape:
        try:
            mask = np.broadcast_to(mask, kept.shape)
        except ValueError:
            yield mistakes.MASK_HAS_ANOTHER_SHAPE.seen(got=mask.shape, shape=kept.shape)
            return
    wrong = int(((mask != 0) != kept).sum())
    if wrong:
        yield mistakes.MASK_DOES_NOT_FIT.seen(wrong=wrong, size=kept.size)
