"""What a module holds outside its registered parts: in lists, dicts, closures and plain objects."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DEPTH = 4
PLAIN = (str, bytes, int, float, complex, bool, type(None), type, types.ModuleType)


def reachable(
    attributes: Mapping[str, Any], is_module: Callable[[Any], bool], skipped: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Any]]:
    """(where, object) for everything reachable from a module's attributes; the walk stops at other modules.

    Args:
        attributes: the module's attributes.
        is_module: whether an object is a module of the framework.
        skipped: names of attributes in which the framework itself stores things.
    """
    seen: set[int] = set()
    stack = [(f"the attribute `{name}`", value, DEPTH) for name, value in attributes.items() if name not in skipped]
    while stack:
        where, value, depth = stack.pop()
        if isinstance(value, PLAIN) or id(value) in seen:
            continue
        seen.add(id(value))
        yield where, value
        if depth and not is_module(value):
            stack += [(held, below, depth - 1) for held, below in parts(where, value)]


def parts(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    """(where, object) for what an object holds directly."""
    if isinstance(value, Mapping):
        named = where.replace("the attribute", "the dict")
        yield from ((named, below) for below in list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        kind = "tuple" if isinstance(value, tuple) else "list" if isinstance(value, list) else "set"
        named = where.replace("the attribute", f"the {kind}")
        yield from ((named, below) for below in list(value))
    elif isinstance(value, types.FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or () if holds_something(cell)]
        named = where.replace("the attribute", "the closure of")
        yield from ((named, below) for below in (*cells, *(value.__defaults__ or ())))
    elif isinstance(value, types.MethodType):
        yield where, value.__self__
    elif isinstance(value, functools.partial):
        yield from ((where, below) for below in (value.func, *value.args, *value.keywords.values()))
    else:
        yield from ((where, below) for below in list(getattr(value, "__dict__", {}).values()))


def holds_something(cell: Any) -> bool:
    """Whether a closure's cell has a value."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
