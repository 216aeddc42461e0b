"""Calls whose arguments are chosen by what each parameter is for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Any

from tinygrad_dropout.conformance.adapters.reading import signature_of
from tinygrad_dropout.conformance.adapters.roles import MODES, X, role_of

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


@dataclass
class Call:
    """How to call something.

    Args:
        parameters: each parameter with its role; None if the role is unknown.
        unclear: parameters that need a value but whose names do not say which.
        any_positional, any_keyword: whether it takes `*args` and `**kwargs`.
    """

    parameters: list[tuple[Parameter, str | None]]
    unclear: list[Parameter] = field(default_factory=list)
    any_positional: bool = False
    any_keyword: bool = False

    @property
    def roles(self) -> set[str]:
        """The roles of its parameters."""
        return {role for _, role in self.parameters if role is not None}

    def has(self, roles: Collection[str]) -> bool:
        """Whether a parameter has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def name_of(self, role: str) -> str:
        """The name of the first parameter with this role."""
        return next(parameter.name for parameter, given in self.parameters if given == role)

    def optional(self, role: str) -> bool:
        """Whether all parameters with this role have defaults."""
        return all(parameter.default is not parameter.empty for parameter, given in self.parameters if given == role)

    def arguments(self, values: Mapping[str, Callable[[Parameter], Any]]) -> tuple[list[Any], dict[str, Any]]:
        """Positional and keyword arguments; `values` maps a role to a function that makes its parameter's value."""
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        filled: set[str] = set()
        gap = False  # parameters after one that keeps its default are passed by name
        for parameter, role in self.parameters:
            group = "mode" if role in MODES else role
            known = role is not None and role in values
            if not known or (group in filled and parameter.default is not parameter.empty):
                if parameter.kind is parameter.POSITIONAL_ONLY and parameter.default is not parameter.empty:
                    positional.append(parameter.default)
                else:
                    gap = True
                continue
            assert role is not None
            assert group is not None
            filled.add(group)
            value = values[role](parameter)
            gap |= parameter.kind is parameter.KEYWORD_ONLY or (
                role in MODES and parameter.kind is not parameter.POSITIONAL_ONLY  # as people call them
            )
            if gap:
                keywords[parameter.name] = value
            else:
                positional.append(value)
        return positional, keywords


def read_call_of_x(
    function: Callable[..., Any], available: Collection[str], required_only: Collection[str] = ()
) -> Call:
    """How to call a method whose first argument is x; only with x if its signature cannot be read."""
    call = read_call(function, available, first=X, required_only=required_only)
    return call if call is not None and call.parameters else Call([(Parameter("x", Parameter.POSITIONAL_ONLY), X)])


def read_call(
    function: Callable[..., Any],
    available: Collection[str],
    first: str | None = None,
    required_only: Collection[str] = (),
) -> Call | None:
    """How to call a function with values for the available roles; None if its signature cannot be read.

    Args:
        function: the function.
        available: the roles for which there are values.
        first: the role of its first parameter, whatever its name.
        required_only: roles that only parameters without a default can have.
    """
    try:
        found = signature_of(function)
    except (TypeError, ValueError):  # written in C
        return None
    return call_of(found, available, first, required_only)


def call_of(found: Signature, available: Collection[str], first: str | None, required_only: Collection[str]) -> Call:
    """How to call something with this signature."""
    call = Call([])
    for parameter in found.parameters.values():
        if parameter.kind in VARIADIC:
            call.any_positional |= parameter.kind is parameter.VAR_POSITIONAL
            call.any_keyword |= parameter.kind is parameter.VAR_KEYWORD
            continue
        if first is not None and not call.parameters and parameter.kind in POSITIONAL:
            as_first = Parameter(parameter.name, Parameter.POSITIONAL_ONLY)
            call.parameters.append((as_first, first))
            continue
        role = role_of(parameter)
        if role not in available or (role in required_only and parameter.default is not parameter.empty):
            role = None
        call.parameters.append((parameter, role))
        if role is None and parameter.default is parameter.empty:
            call.unclear.append(parameter)
    return call
