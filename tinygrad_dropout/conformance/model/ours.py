"""Models made of this package's own Modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from tinygrad_dropout import functional, nn
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.conformance.model.graph import Graph
from tinygrad_dropout.conformance.model.random_state import Restore
from tinygrad_dropout.conformance.model.reachable import reachable
from tinygrad_dropout.conformance.model.subject import Subject, floating_outputs
from tinygrad_dropout.conformance.model.trace import PLAIN, Array, RunOptions, Trace
from tinygrad_dropout.conformance.model.tracer import Tracer
from tinygrad_dropout.sandbox.printable import described

DROPOUTS = ("dropout", "gaussian_dropout")


class OurModel(Subject):
    """A tinygrad_dropout.nn.Module."""

    def named_modules(self) -> Iterable[tuple[str, Any]]:
        return self.model.named_modules()  # type: ignore[no-any-return]

    def is_module(self, thing: Any) -> bool:
        return isinstance(thing, nn.Module)

    def is_random(self, module: Any) -> bool:
        return isinstance(module, nn.RandomLayer) and not self.has_parts(module)

    def is_hidden(self, module: Any) -> bool:
        return isinstance(module, nn.RandomLayer) and self.has_parts(module)

    def is_batch_norm(self, module: Any) -> bool:
        return isinstance(module, nn.BatchNorm1d)

    def is_frozen(self, module: Any) -> bool:
        parameters = list(module.parameters())
        return bool(parameters) and not any(parameter.requires_grad for parameter in parameters)

    def held(self, module: Any) -> Iterator[tuple[str, Any]]:
        return reachable(vars(module), self.is_module)

    def tensors(self, module: Any) -> Iterator[Restore]:
        yield from (restoring(tensor) for tensor in (*module.parameters(), *module.buffers()))

    def tensor_of(self, value: Any) -> Any:
        """A new Tensor for an array or a Tensor; anything else is passed unchanged."""
        if not isinstance(value, Tensor | np.ndarray):
            return value
        array = np.array(value.data if isinstance(value, Tensor) else value)
        floating = next((p.dtype for p in self.model.parameters() if p.dtype.kind == "f"), array.dtype)
        if array.dtype.kind != "f":
            return Tensor(array)
        return Tensor(array.astype(floating), requires_grad=True)

    def run(self, options: RunOptions = PLAIN) -> Trace:
        args = [self.tensor_of(value) for value in self.args]
        kwargs = {name: self.tensor_of(value) for name, value in self.kwargs.items()}
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)]
        before, modes = [value.data.copy() for value in given], self.modes()
        tracer = Tracer(options, self.keys, self.kind_of, is_leaf, array_of, self.keep)
        trace = tracer.trace
        parameters = {f"`{name}`": tensor for name, tensor in self.model.named_parameters() if tensor.requires_grad}
        for tensor in parameters.values():
            tensor.grad = None  # the user's gradient is restored at the end
        with watched(tracer):
            trace.result = self.model(*args, **kwargs)
            trace.outputs = floating_outputs(trace.result, array_of)
            trace.changed_inputs = not all(np.array_equal(a.data, b) for a, b in zip(given, before, strict=True))
            trace.modes_changed = [key for key, mode in self.modes().items() if mode is not modes[key]]
            if options.backward:
                tracer.in_backward = True
                trace.backward_error = run_backward(trace.result)
                inputs = {f"input {i}": value for i, value in enumerate(given) if value.requires_grad}
                trace.gradients = {
                    name: np.array(tensor.grad)
                    for name, tensor in (*parameters.items(), *inputs.items())
                    if tensor.grad is not None
                }
        return trace

    def graph(self, trace: Trace) -> Graph:
        ends = tensors_in(trace.result)
        return Graph(ends, lambda tensor: tensor._parents, lambda tensor: isinstance(tensor, nn.Parameter))


def is_leaf(module: nn.Module) -> bool:
    """Whether a module contains no other module."""
    return not any(True for _ in module.children())


def array_of(value: Any) -> Array | None:
    """The values of a Tensor or an array, as a new array; None for anything else."""
    if isinstance(value, Tensor):
        return value.data.copy()
    return value.copy() if isinstance(value, np.ndarray) else None


def tensors_in(result: Any) -> list[Tensor]:
    """The Tensors in a model's result."""
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    return [found for value in result for found in tensors_in(value)] if isinstance(result, list | tuple) else []


def run_backward(result: Any) -> str:
    """Run backward from a weighted sum of all outputs; return the error that it raised, in one line, or ""."""
    try:
        for tensor in tensors_in(result):
            if tensor.requires_grad and tensor.dtype.kind == "f":
                weights = np.linspace(0.5, 1.5, tensor.size, dtype=tensor.dtype).reshape(tensor.shape)
                tensor.backward(weights, retain_graph=True)
    except Exception as error:
        return described(error)
    return ""


def restoring(tensor: Tensor) -> Restore:
    """A function that restores a Tensor's values and its gradient."""
    array, before, grad = tensor.data, tensor.data.copy(), tensor.grad

    def restore() -> None:
        if not np.array_equal(array, before):
            array[...] = before
        tensor.data, tensor.grad = array, grad

    return restore


@contextmanager
def watched(tracer: Tracer) -> Iterator[None]:
    """Inside, the tracer sees every call of a module and of a dropout function."""
    call_module = nn.Module.__call__
    functions = {name: getattr(functional, name) for name in DROPOUTS}

    def call(module: nn.Module, *inputs: Any, **options: Any) -> Any:
        frame = tracer.enter(module, inputs)
        output, p = None, getattr(module, "p", None)
        try:
            if frame.kind == "hidden" and tracer.options.without_hidden:
                with suppress(AttributeError):
                    module.p = 0.0
            output = call_module(module, *inputs, **options)
        finally:
            if frame.kind == "hidden" and tracer.options.without_hidden and p is not None:
                module.p = p
            found = tracer.leave(frame, output, output)
        factor = tracer.factor(found)
        return output if factor is None else inputs[0] * factor

    nn.Module.__call__ = call  # type: ignore[method-assign, assignment]
    for name, function in functions.items():
        setattr(functional, name, traced(tracer, name, function))
    try:
        yield
    finally:
        nn.Module.__call__ = call_module  # type: ignore[method-assign]
        for name, function in functions.items():
            setattr(functional, name, function)


def traced(tracer: Tracer, name: str, function: Any) -> Any:
    """A dropout function that reports its calls to the tracer."""

    def call(x: Any, p: float = 0.5, training: bool = True, **options: Any) -> Any:
        output = function(x, p, training, **options)
        if tracer.inside_dropout:
            return output
        found = tracer.function(f"F.{name}", float(p), bool(training), False, array_of(x), array_of(output), output)
        factor = tracer.factor(found)
        return output if factor is None else x * factor

    return call
