"""Forked processes draw different masks if each sets its own seed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination, unlikely_to_agree
from tinygrad_dropout.conformance.model.forked import CANNOT_FORK, in_children
from tinygrad_dropout.conformance.model.questions.modes import words
from tinygrad_dropout.conformance.model.random_state import seed_everything
from tinygrad_dropout.conformance.model.trace import Call
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes

CHILDREN = 2


def examine_forks(examination: ModelExamination) -> Iterator[Finding]:
    """Forked processes, such as a DataLoader's workers, draw different masks."""
    places = list(examination.visible_places)
    if not places:
        return
    if CANNOT_FORK:
        examination.not_checked.append(f"masks in forked processes: {CANNOT_FORK}")
        return

    def masks(child: int) -> list[str]:
        """A digest of each dropout's masks in one child process."""
        seed_everything(1000 * examination.seed + child + 1)
        trace = examination.run(True)
        return [digest([call for call in trace.calls if call.place == rows[0][0].place]) for rows in places]

    results = in_children(masks, CHILDREN)
    if isinstance(results, str):
        examination.not_checked.append(f"masks in forked processes: {results}")
        return
    shared = [
        rows[0][0]
        for number, rows in enumerate(places)
        if unlikely_to_agree(rows[0], CHILDREN - 1) and len({digests[number] for digests in results}) == 1
    ]
    if shared:
        yield mistakes.FORKS_SHARE.seen(count=CHILDREN, **words(shared))


def digest(calls: list[Call]) -> str:
    """A digest that is equal for calls that used the same factors."""
    kept = [
        np.packbits(call.dropped).tobytes() + np.round(call.factors, 3).astype(np.float32).tobytes() for call in calls
    ]
    return sha256(b"|".join(kept)).hexdigest()
