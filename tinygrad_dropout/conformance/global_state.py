"""Separates the user's random state and settings from an examination's, and restores them completely."""

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
    """A setting of the whole process.

    Args:
        name: its name in a sentence.
        get: reads the setting.
        put: restores what `get` returned.
    """

    name: str
    get: Callable[[], Any]
    put: Callable[[Any], object]


def put_environment(environment: dict[str, str]) -> None:
    """Restore the environment variables, if they changed."""
    if dict(os.environ) != environment:
        os.environ.clear()
        os.environ.update(environment)


def put_precision(digits: int) -> None:
    """Set the number of digits of the decimal module."""
    decimal.getcontext().prec = digits


def put_numpys_functions(functions: dict[str, Any]) -> None:
    """Restore NumPy's random functions."""
    vars(np.random).update(functions)


#: Settings that a layer might change. `catch_warnings` restores the warning filters.
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
def settings_restored() -> Iterator[None]:
    """Inside, settings of the process and warning filters may change; afterward they are restored."""
    before = [setting.get() for setting in SETTINGS]
    try:
        with np.errstate(), warnings.catch_warnings():
            yield
    finally:
        for setting, value in zip(SETTINGS, before, strict=True):
            setting.put(value)


@contextmanager
def own_global_state(seed: int) -> Iterator[None]:
    """Inside, global random functions draw from temporary states; afterward the user's states are restored.

    NumPy's global generator is replaced; Python's and, if it is imported, PyTorch's are seeded. The settings of the
    process and the warning filters are restored, too.
    """
    users_generator = get_bit_generator()
    numpy_state = np.random.get_state(legacy=False)  # includes the cached second Gaussian of a pair, if there is one
    python_state, torch = random.getstate(), sys.modules.get("torch")
    torch_state = torch.random.get_rng_state() if torch is not None else None
    set_bit_generator(np.random.MT19937(seed))
    random.seed(seed)
    if torch is not None:
        torch.random.default_generator.manual_seed(seed)
    try:
        with settings_restored(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        set_bit_generator(users_generator)
        np.random.set_state(numpy_state)
        random.setstate(python_state)
        if torch is not None:
            torch.random.set_rng_state(torch_state)
