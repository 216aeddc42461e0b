"""Settings of the whole process belong to the user, so changing them is an error."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.global_state import SETTINGS
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import calls as mistakes

SHAPE = (5, 6)


def examine_settings(examination: Examination) -> Iterator[Finding]:
    """Whether making and calling a layer changes settings, which have unusual values during the test."""
    x = examination.numbers(examination.shape(*SHAPE))
    with warnings.catch_warnings(record=True), np.errstate(divide="warn", over="log", under="ignore", invalid="warn"):
        warnings.resetwarnings()  # so that adding even a common filter is a change
        for setting, value in zip(
            SETTINGS[1:], examination.settings[1:], strict=True
        ):  # all except NumPy's error handling
            setting.put(value)
        np.set_printoptions(precision=5, threshold=77)
        before, filters = [setting.get() for setting in SETTINGS], list(warnings.filters)
        layer = examination.layer()
        layer.forward(x)
        if not examination.options.forward_only:
            layer.backward(x)
        changed = [setting.name for setting, value in zip(SETTINGS, before, strict=True) if setting.get() != value]
        if warnings.filters != filters:
            changed.append("the warning filters")
    if changed:
        yield mistakes.CHANGES_SETTINGS.seen(moment="making and calling a layer", what=" and ".join(changed))
