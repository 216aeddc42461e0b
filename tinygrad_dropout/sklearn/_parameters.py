"""Checks of the estimators' parameters: the allowed values of each, and the error for any other value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np

Check = Callable[[Any], bool]


def is_whole(value: Any, least: int = 1) -> bool:
    """Whether the value is a whole number of at least `least`."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def is_real(value: Any, least: float = 0.0, below: float = inf, *, above_least: bool = False) -> bool:
    """Whether the value is a finite number in [least, below), or in (least, below)."""
    if not isinstance(value, Real) or isinstance(value, bool) or not isfinite(value):
        return False
    number = float(value)
    return least < number < below if above_least else least <= number < below


def one_of(*names: str) -> tuple[Check, str]:
    """Return the rule for a parameter that is one of a few words."""
    return (lambda value: isinstance(value, str) and value in names), " or ".join(f'"{name}"' for name in names)


def is_flag(value: Any) -> bool:
    """Whether the value is True or False."""
    return isinstance(value, bool | np.bool_)


def is_sequence(value: Any) -> bool:
    """Whether the value is a list, a tuple or an array."""
    return (isinstance(value, Sequence) and not isinstance(value, str)) or (
        isinstance(value, np.ndarray) and value.ndim == 1
    )


def is_float_dtype(value: Any) -> bool:
    """Whether the value means float32 or float64. None does not, although NumPy reads it as float64."""
    try:
        return value is not None and np.dtype(value) in (np.float32, np.float64)
    except TypeError:
        return False


#: For each parameter: a check of the value, and the expected values in words.
RULES: dict[str, tuple[Check, str]] = {
    "hidden_layer_sizes": (
        lambda value: is_whole(value) or (is_sequence(value) and all(map(is_whole, value))),
        "a whole number of at least 1, or a sequence of them, one per hidden layer",
    ),
    "activation": one_of("identity", "logistic", "tanh", "relu"),
    "dropout": (
        lambda value: is_real(value, below=1) or (is_sequence(value) and all(is_real(p, below=1) for p in value)),
        "a probability of dropping, 0 <= p < 1, or a sequence of them, one per hidden layer",
    ),
    "input_dropout": (lambda value: is_real(value, below=1), "a probability of dropping, 0 <= p < 1"),
    "max_norm": (lambda value: value is None or is_real(value, above_least=True), "a number above 0, or None"),
    "solver": one_of("adam", "sgd"),
    "alpha": (is_real, "a number of at least 0"),
    "batch_size": (lambda value: is_whole(value) or value == "auto", 'a whole number of at least 1, or "auto"'),
    "learning_rate": one_of("constant", "invscaling", "adaptive"),
    "learning_rate_init": (lambda value: is_real(value, above_least=True), "a number above 0"),
    "power_t": (is_real, "a number of at least 0"),
    "max_iter": (is_whole, "a whole number of at least 1"),
    "shuffle": (is_flag, "True or False"),
    "tol": (is_real, "a number of at least 0"),
    "verbose": (lambda value: is_flag(value) or is_whole(value, 0), "True, False or a whole number"),
    "warm_start": (is_flag, "True or False"),
    "momentum": (lambda value: is_real(value, below=1) or value == 1, "a number from 0 to 1"),
    "nesterovs_momentum": (is_flag, "True or False"),
    "early_stopping": (is_flag, "True or False"),
    "validation_fraction": (lambda value: is_real(value, below=1, above_least=True), "a number above 0 and below 1"),
    "beta_1": (lambda value: is_real(value, below=1), "a number of at least 0 and below 1"),
    "beta_2": (lambda value: is_real(value, below=1), "a number of at least 0 and below 1"),
    "epsilon": (lambda value: is_real(value, above_least=True), "a number above 0"),
    "n_iter_no_change": (lambda value: is_whole(value) or value == inf, "a whole number of at least 1, or np.inf"),
    "mc_samples": (is_whole, "a whole number of at least 1"),
    "dtype": (is_float_dtype, "float32 or float64"),
    "normalize_y": (is_flag, "True or False"),
    "noise": (lambda value: value is None or is_real(value, above_least=True), "a number above 0, or None"),
}


def check_parameter(name: str, key: str, value: Any) -> None:
    """Raise a ValueError if the parameter `key` of the estimator `name` has a rule and `value` breaks it."""
    if key in RULES:
        holds, words = RULES[key]
        if not holds(value):
            raise ValueError(f"{name}: expected {key} to be {words}, got {value!r}")


def check_parameters(name: str, parameters: dict[str, Any]) -> None:
    """Raise a ValueError if a parameter of an estimator has a value that is not allowed.

    Args:
        name: the estimator's name.
        parameters: the result of `get_params(deep=False)`.
    """
    for key, value in parameters.items():
        check_parameter(name, key, value)
    sizes, rates = hidden_sizes(parameters["hidden_layer_sizes"]), parameters["dropout"]
    if is_sequence(rates) and len(rates) != len(sizes):
        raise ValueError(
            f"{name}: expected dropout to have one probability for each of the {len(sizes)} hidden layers, "
            f"got {len(rates)}: {rates!r}"
        )


def hidden_sizes(sizes: Any) -> tuple[int, ...]:
    """Return the number of units in each hidden layer. A single number is one layer."""
    return tuple(map(int, sizes)) if is_sequence(sizes) else (int(sizes),)


def dropout_rates(rates: Any, layers: int) -> tuple[float, ...]:
    """Return each hidden layer's probability of dropping. A single number applies to all of them."""
    return tuple(map(float, rates)) if is_sequence(rates) else (float(rates),) * layers
