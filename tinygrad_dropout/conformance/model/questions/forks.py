"""Forked processes draw different masks, if each sets a seed of its own."""

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
    """A forward in each of several forked processes, as a DataLoader's workers are."""
    places = list(examination.visible_places)
    if not places:
        return
    if CANNOT_FORK:
        examination.not_checked.append(f"masks in forked processes: {CANNOT_FORK}")
        return

    def masks(child: int) -> list[str]:
        """What identifies the masks of each dropout, in one child."""
        seed_everything(1000 * examination.seed + child + 1)
        trace = examination.run(True)
        return [digest([call for call in trace.calls if call.place == rows[0][0].place]) for rows in places]

    told = in_children(masks, CHILDREN)
    if isinstance(told, str):
        examination.not_checked.append(f"masks in forked processes: {told}")
        return
    shared = [
        rows[0][0]
        for number, rows in enumerate(places)
        if unlikely_to_agree(rows[0], CHILDREN - 1) and len({digests[number] for digests in told}) == 1
    ]
    if shared:
        yield mistakes.FORKS_SHARE.seen(count=CHILDREN, **words(shared))


def digest(calls: list[Call]) -> str:
    """Equal for calls that dropped the same elements."""
    kept = [
        np.packbits(call.dropped).tobytes() + np.round(call.factors, 3).astype(np.float32).tobytes() for call in calls
    ]
    return sha256(b"|".join(kept)).hexdigest()
