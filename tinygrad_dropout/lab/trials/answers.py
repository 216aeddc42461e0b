"""What a worker sends back: a record or an error, in a form that any worker can send."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable

from tinygrad_dropout.lab.trials.trial import Record


class InWorker(Exception):
    """The traceback of an error in a worker."""


def answer(run: Callable[[], Record]) -> bytes:
    """Run a trial, and pickle its record, or the error and its traceback.

    No error may end a worker, not even SystemExit: it would look like an accident, and the trial would be run again.
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
    """The record in an answer; raises the error if it contains one."""
    record: Record
    record, error, where = pickle.loads(answered)
    if error is not None:
        raise error from InWorker(where)
    return record
