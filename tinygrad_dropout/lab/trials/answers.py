"""What a worker sends back: a record, or the error that there was instead. Both arrive wherever the worker runs."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable

from tinygrad_dropout.lab.trials.trial import Record


class InWorker(Exception):
    """Says where in a worker an error was raised."""


def answer(run: Callable[[], Record]) -> bytes:
    """The record, or the error and where it was raised, as bytes that can be read again.

    No error may end a worker, not even SystemExit: it would be taken for an accident, and the trial be run again.
    """
    try:
        return pickle.dumps((run(), None, ""))
    except BaseException as error:
        where = traceback.format_exc()
        try:
            answered = pickle.dumps((None, error, where))
            pickle.loads(answered)
        except Exception:
            answered = pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}"), where))
        return answered


def record_in(answered: bytes) -> Record:
    """The record in an answer; raises the error if there was one instead."""
    record: Record
    record, error, where = pickle.loads(answered)
    if error is not None:
        raise error from InWorker(where)
    return record
