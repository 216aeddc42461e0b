"""What the pytest plugin's fixtures do. The plugin is in pytest_tinygrad_dropout.py, which imports this when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from time import monotonic
from typing import Any

import pytest

from tinygrad_dropout.conformance.adapters import of
from tinygrad_dropout.conformance.check import check_dropout
from tinygrad_dropout.conformance.model import check_model
from tinygrad_dropout.conformance.report import Report
from tinygrad_dropout.sandbox.printable import printable

#: Options of the fixtures, and of the mark, in addition to the options of the check.
OWN = ("seeds", "seconds", "strict", "allow")


class Assertion:
    """The value of a fixture: it runs a check and fails the test if the check finds an error.

    Args:
        item: the test.
        check: `check_dropout` or `check_model`.
    """

    def __init__(self, item: pytest.Item, check: Callable[..., Report]) -> None:
        self.item, self.check = item, check

    def examine(self, name: str, arguments: tuple[Any, ...], given: Mapping[str, Any]) -> None:
        """Run the check with each seed and fail at the first seed that finds an error."""
        __tracebackhide__ = True
        options = self.options(given)
        seeds, seconds, strict = options.pop("seeds"), options.pop("seconds"), options.pop("strict")
        began = monotonic()
        for seed in range(seeds):
            if seed and seconds is not None and monotonic() - began >= seconds:
                self.say(f"{name} was examined with only {seed} of {seeds} seeds, since {seconds:g} seconds had passed")
                return
            report = self.check(*arguments, seed=seed, **options)
            if report.exit_code(strict):
                pytest.fail(f"{name}, seed {seed}: {report}")

    def options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options from the settings, the marks and the call. Later ones win, except that allowed codes add up."""
        __tracebackhide__ = True
        options: dict[str, Any] = dict(settings(self.item.config))
        for source in (*self.marks(), given):
            options.update({**source, "allow": [*options["allow"], *source.get("allow", ())]})
        seeds = options["seeds"]
        if not isinstance(seeds, int) or seeds < 1:
            pytest.fail(f"expected seeds to be a whole number of at least 1, got {seeds!r}", pytrace=False)
        return options

    def marks(self) -> Iterator[dict[str, Any]]:
        """The options of each `@pytest.mark.dropout`, outermost first, without the options of the other check."""
        __tracebackhide__ = True
        known = {*OWN, *keywords(check_dropout), *keywords(check_model)} - {"seed"}
        for mark in reversed(list(self.item.iter_markers("dropout"))):
            unknown = [repr(argument) for argument in mark.args] + [name for name in mark.kwargs if name not in known]
            if unknown:
                expected = ", ".join(sorted(known))
                pytest.fail(f"@pytest.mark.dropout takes {expected} by name, got {unknown[0]}", pytrace=False)
            accepted = {*OWN, *keywords(self.check)}
            yield {name: value for name, value in mark.kwargs.items() if name in accepted}

    def say(self, text: str) -> None:
        """Add a line to pytest's summary."""
        self.item.add_report_section("call", "dropout", text)


class DropoutAssertion(Assertion):
    """The fixture `assert_dropout`."""

    def __init__(self, item: pytest.Item) -> None:
        super().__init__(item, check_dropout)

    def __call__(self, target: Any, **options: Any) -> None:
        """Fail the test and list everything wrong if a dropout layer has an error.

        Args:
            target: a class, or anything else that `tinygrad_dropout.conformance.of` accepts.
            options: `seeds`, `seconds`, `strict`, `allow`, and those of `check_dropout`.
        """
        __tracebackhide__ = True
        self.examine(name_of(target, "the layer"), (of(target),), options)


class ModelAssertion(Assertion):
    """The fixture `assert_model`."""

    def __init__(self, item: pytest.Item) -> None:
        super().__init__(item, check_model)

    def __call__(self, model: Any, x: Any, **options: Any) -> None:
        """Fail the test and list everything wrong if a model uses dropout wrongly.

        Args:
            model, x: as for `tinygrad_dropout.conformance.check_model`.
            options: `seeds`, `seconds`, `strict`, `allow`, and those of `check_model`.
        """
        __tracebackhide__ = True
        self.examine(name_of(model, "the model"), (model, x), options)


def settings(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    """The options set in pytest.ini or pyproject.toml."""
    __tracebackhide__ = True
    yield "seeds", number(config, "dropout_seeds", int)
    yield "seconds", number(config, "dropout_seconds", float)
    yield "strict", False
    yield "allow", list(config.getini("dropout_allow"))


def number(config: pytest.Config, name: str, kind: type) -> Any:
    """A setting as a number; None if it is empty."""
    __tracebackhide__ = True
    text = str(config.getini(name)).strip()
    try:
        return kind(text) if text else None
    except ValueError:
        pytest.fail(f"{name}: expected a number, got {text!r}", pytrace=False)


def keywords(check: Callable[..., Report]) -> list[str]:
    """The names of a check's options."""
    parameters = signature(check).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def name_of(target: Any, otherwise: str) -> str:
    """The name of a layer or a model in a sentence; `otherwise` for a lambda."""
    name = getattr(target, "__name__", None)
    if name == "<lambda>":
        return otherwise
    return printable(name if isinstance(name, str) else type(target).__name__)
