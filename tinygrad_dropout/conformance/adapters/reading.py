"""What the code of a class or a function mentions: names, strings and the frameworks that it calls."""

from __future__ import annotations

import dis
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from inspect import Signature, getclosurevars, signature, unwrap
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

IMPORT_NAME = dis.opmap["IMPORT_NAME"]


def signature_of(target: Callable[..., Any]) -> Signature:
    """The signature of a function, a method or a class; for a plain method it is read once for all objects.

    Raises:
        TypeError, ValueError: it has no signature because it is written in C.
    """
    if isinstance(target, MethodType) and isinstance(target.__func__, FunctionType):
        return signature_of_method(target.__func__)
    return signature(target)


@lru_cache(maxsize=256)
def signature_of_method(function: FunctionType) -> Signature:
    """The signature of a method, without its object."""
    return signature(MethodType(function, object()))


def functions_of(target: Any) -> Iterator[FunctionType]:
    """The Python functions that a class, an object or a function consists of."""
    if isinstance(target, partial):
        target = target.func
    if isinstance(target, MethodType):
        target = target.__func__
    if callable(target) and not isinstance(target, type):
        target = unwrap(target)
    if isinstance(target, FunctionType):
        yield target
        return
    cls = target if isinstance(target, type) else type(target)
    for base in cls.__mro__:
        for value in vars(base).values():
            if isinstance(value, property):
                value = value.fget
            function = unwrap(getattr(value, "__func__", value)) if callable(value) else None
            if isinstance(function, FunctionType):
                yield function


def codes_of(code: CodeType) -> Iterator[CodeType]:
    """The code of a function and of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_of(constant)


def words_of(target: Any) -> set[str]:
    """The names and strings in its code."""
    found: set[str] = set()
    for function in functions_of(target):
        for code in codes_of(function.__code__):
            found.update(code.co_names)
            for constant in code.co_consts:
                found.update([constant] if isinstance(constant, str) else ())
                found.update(text for text in constant if isinstance(text, str)) if isinstance(
                    constant, (tuple, frozenset)
                ) else None
    return found


def may_return_more(target: Any) -> bool:
    """Whether a function builds a tuple, so that it may return more than y."""
    return any(
        instruction.opname == "BUILD_TUPLE"
        for function in functions_of(target)
        for instruction in dis.get_instructions(function.__code__)
    )


def packages_of(target: Any, known: Collection[str]) -> set[str]:
    """The known packages whose functions and classes its code uses, including the code of helpers in the same file."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = list(functions_of(target))
    if isinstance(target, type):
        found.update(root_of(base) for base in target.__mro__)
    else:
        found.add(root_of(target))
    if not found.isdisjoint(known):  # it belongs to the framework or inherits from it, so its code need not be read
        return found & set(known)
    while waiting:
        function = waiting.pop()
        if id(function.__code__) in seen:
            continue
        seen.add(id(function.__code__))
        for value in values_of(function):
            if isinstance(value, FunctionType) and value.__globals__ is function.__globals__:
                waiting.append(value)
            elif isinstance(value, type) and value.__module__ == function.__module__:
                waiting += functions_of(value)
            else:
                found.add(root_of(value))
    return found & set(known)


def values_of(function: FunctionType) -> Iterator[Any]:
    """The values of the names in a function's code: globals, closure variables and modules that it imports."""
    with suppress(ValueError):  # a closure variable has no value yet
        yield from getclosurevars(function).nonlocals.values()
    for code in codes_of(function.__code__):
        for name in code.co_names:
            if name in function.__globals__:
                yield function.__globals__[name]
        if IMPORT_NAME in code.co_code[::2]:
            for instruction in dis.get_instructions(code):
                if instruction.opcode == IMPORT_NAME:
                    yield ModuleType(str(instruction.argval))


def tensor_class_of(target: Any) -> type | None:
    """The class of tensors, with a graph, that its code or its annotations name: someone's own small framework."""
    for function in functions_of(target):
        annotated = " ".join(map(str, function.__annotations__.values()))
        values = [*values_of(function), *function.__annotations__.values()]
        values += [value for name, value in function.__globals__.items() if name in annotated.split(".")]
        values += [function.__globals__.get(annotated)]
        for value in values:
            if isinstance(value, type) and value.__name__ in TENSORS and callable(getattr(value, "backward", None)):
                return value
    return None


TENSORS = ("Tensor", "Variable", "Var", "Value", "Node")


def root_of(value: Any) -> str:
    """The package that something comes from."""
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    if not isinstance(name, str):
        name = type(value).__module__
    return name.partition(".")[0]


def name_of(target: Callable[..., Any]) -> str:
    """The name to show for a class or a function."""
    if isinstance(target, partial):
        return name_of(target.func)
    name = getattr(target, "__qualname__", None) or type(target).__qualname__
    return name.rpartition("<locals>.")[2]
