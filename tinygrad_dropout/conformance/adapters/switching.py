"""How to switch an object between training and eval mode: by methods or by an attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter
from typing import Any, NamedTuple

from tinygrad_dropout.conformance.adapters.reading import signature_of
from tinygrad_dropout.conformance.adapters.roles import (
    EVAL_WORDS,
    EVALUATING,
    MODE,
    NAMES,
    TRAIN_WORDS,
    TRAINING,
)

FLAG_METHODS = ("train", "set_training", "set_train", "set_training_mode", "set_train_mode", "train_mode", "set_mode")
PAIRS = (
    ("train", "eval"),
    ("train", "evaluate"),
    ("train", "test"),
    ("training_mode", "eval_mode"),
    ("train_mode", "eval_mode"),
    ("train_mode", "test_mode"),
    ("set_train", "set_eval"),
    ("train_mode", "inference_mode"),
)
NO_WORD = object()


class Switch(NamedTuple):
    """How to switch: an attribute to set or a method to call, with a value for each mode."""

    name: str
    on: Any
    off: Any
    other: str = ""  # the method for eval mode, if it is a different one
    calls: bool = False

    def set(self, target: Any, training: bool) -> None:
        """Switch an object."""
        value = self.on if training else self.off
        if not self.calls:
            setattr(target, self.name, value)
            return
        method = getattr(target, self.name if training or not self.other else self.other)
        method() if value is NO_WORD else method(value)


def switch_of(target: Any, words: Iterable[str]) -> Switch | None:
    """How to switch an object; None if it cannot be switched.

    Args:
        target: the object.
        words: the names and strings in its code, including the attributes that it reads.
    """
    for on, off in PAIRS:
        if takes(target, on, 0) and takes(target, off, 0):
            return Switch(on, NO_WORD, NO_WORD, off, calls=True)
    words = set(words)
    for role, names in ((TRAINING, NAMES[TRAINING]), (MODE, NAMES[MODE]), (EVALUATING, NAMES[EVALUATING])):
        for name in names.split():
            for spelling in (name, f"_{name}"):
                switch = attribute_switch(target, spelling, role, words)
                if switch is not None:
                    return switch
    for name in FLAG_METHODS:
        if takes(target, name, 1):
            return Switch(name, True, False, calls=True)
    return None


def attribute_switch(target: Any, name: str, role: str, words: set[str]) -> Switch | None:
    """A switch for an attribute that the object has or that its code reads: a bool or the name of a mode."""
    missing = object()
    value = getattr(target, name, missing)
    if value is missing and not (name.strip("_") in UNMISTAKABLE and name in words):
        return None
    if isinstance(value, str):
        off = next((word for word in EVAL_WORDS if word in words), EVAL_WORDS[0])
        return Switch(name, value, off) if value in TRAIN_WORDS else None
    if role == MODE or not (value is missing or value is None or isinstance(value, (bool, int))):
        return None
    return Switch(name, role == TRAINING, role != TRAINING)


#: attributes that a layer may read before they exist: the network sets them later, or `getattr` has a default
UNMISTAKABLE = {"training", "is_training", "train_mode", "is_train", "train_flg"}


def takes(target: Any, name: str, count: int) -> bool:
    """Whether it has a method that takes `count` arguments: none, or one bool."""
    method: Callable[..., Any] | None = getattr(target, name, None)
    if not callable(method) or isinstance(method, type):
        return False
    try:
        parameters = [p for p in signature_of(method).parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    except (TypeError, ValueError):
        return False
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    if count == 0:
        optional = [parameter for parameter in parameters if parameter.default is not parameter.empty]
        return not required and all(isinstance(parameter.default, bool) for parameter in optional)
    return len(required) <= count <= len(parameters) and parameters[0].name in FLAGS


FLAGS = {"mode", "flag", "training", "train", "value", "is_training", "on", "state", "train_mode", "status"}
