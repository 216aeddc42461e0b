"""The user's random state and settings: kept apart from those of an examination, and put back whole."""

from __future__ import annotations

import decimal
import gc
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.random import get_bit_generator, set_bit_generator  # type: ignore[attr-defined]


class Setting(NamedTuple):
    """Something that holds for the whole process.

    Args:
        name: what a person calls it.
        get: reads it.
        put: writes what `get` read.
    """

    name: str
    get: Callable[[], Any]
    put: Callable[[Any], object]


def put_environment(environment: dict[str, str]) -> None:
    """Make the environment variables these, where they are others."""
    if dict(os.environ) != environment:
        os.environ.clear()
        os.environ.update(environment)


def put_precision(digits: int) -> None:
    """Set the number of digits of the decimal module."""
    decimal.getcontext().prec = digits


def put_numpys_functions(functions: dict[str, Any]) -> None:
    """Make NumPy's random functions what they were."""
    vars(np.random).update(functions)


#: What a layer might be tempted to change. Filters of warnings come back by themselves, with `catch_warnings`.
SETTINGS = (
    Setting("NumPy's error handling", np.geterr, lambda value: np.seterr(**value)),
    Setting("NumPy's printing", np.get_printoptions, lambda value: np.set_printoptions(**value)),
    Setting("NumPy's buffer size", np.getbufsize, np.setbufsize),
    Setting("NumPy's random functions", lambda: dict(vars(np.random)), put_numpys_functions),
    Setting("the garbage collector", gc.isenabled, lambda value: gc.enable() if value else gc.disable()),
    Setting("the level below which logging is disabled", lambda: logging.root.manager.disable, logging.disable),
    Setting("the precision of decimal", lambda: decimal.getcontext().prec, put_precision),
    Setting("the environment variables", lambda: dict(os.environ), put_environment),
    Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
)


@contextmanager
def settings_kept() -> Iterator[None]:
    """Inside, settings of the process and filters of warnings may be changed; they are put back."""
    before = [setting.get() for setting in SETTINGS]
    try:
        with np.errstate(), warnings.catch_warnings():
            yield
    finally:
        for setting, value in zip(SETTINGS, before, strict=True):
            setting.put(value)


@contextmanager
def own_global_state(seed: int) -> Iterator[None]:
    """Inside, global random functions draw from states made for the purpose; the user's are put back.

    NumPy's global generator is replaced, Python's and (where it has been imported) PyTorch's are seeded. The settings
    of the process and the filters of warnings come back, too.
    """
    users = get_bit_generator()
    whole = np.random.get_state(legacy=False)  # with the second number of a pair of Gaussians, where one waits
    pythons, torch = random.getstate(), sys.modules.get("torch")
    torchs = torch.random.get_rng_state() if torch is not None else None
    set_bit_generator(np.random.MT19937(seed))
    random.seed(seed)
    if torch is not None:
        torch.random.default_generator.manual_seed(seed)
    try:
        with settings_kept(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        set_bit_generator(users)
        np.random.set_state(whole)
        random.setstate(pythons)
        if torch is not None:
            torch.random.set_rng_state(torchs)
