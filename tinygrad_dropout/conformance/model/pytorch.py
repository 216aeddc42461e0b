"""Models made of PyTorch's Modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils.checkpoint import set_checkpoint_early_stop

from tinygrad_dropout.conformance.model.graph import Graph
from tinygrad_dropout.conformance.model.random_state import Restore
from tinygrad_dropout.conformance.model.reachable import reachable
from tinygrad_dropout.conformance.model.subject import Subject, floating_outputs
from tinygrad_dropout.conformance.model.trace import PLAIN, Array, RunOptions, Trace
from tinygrad_dropout.conformance.model.tracer import Frame, Tracer
from tinygrad_dropout.conformance.report import CannotDrive
from tinygrad_dropout.sandbox.printable import described

#: function -> (name to show, its parameters in order)
DROPOUTS: dict[Any, tuple[str, tuple[str, ...]]] = {
    **{
        getattr(F, name): (f"F.{name}", ("input", "p", "training", "inplace"))
        for name in ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
    },
    **{
        getattr(torch, name): (f"torch.{name}", ("input", "p", "train"))
        for name in ("dropout", "dropout_", "feature_dropout", "alpha_dropout", "feature_alpha_dropout")
    },
}
DRAWING = {
    *("rand", "rand_like", "randn", "randn_like", "bernoulli", "bernoulli_", "randint", "randperm", "normal"),
    *("multinomial", "uniform_", "normal_", "poisson", "binomial"),
}
#: Attributes in which PyTorch itself stores things.
TORCHS_OWN = frozenset(vars(torch.nn.Module()))


class TorchModel(Subject):
    """A torch.nn.Module."""

    def named_modules(self) -> Iterable[tuple[str, Any]]:
        return self.model.named_modules()  # type: ignore[no-any-return]

    def is_module(self, thing: Any) -> bool:
        return isinstance(thing, torch.nn.Module)

    def is_random(self, module: Any) -> bool:
        return isinstance(module, _DropoutNd)

    def is_hidden(self, module: Any) -> bool:
        if isinstance(module, torch.nn.MultiheadAttention):
            return bool(module.dropout > 0)
        return isinstance(module, torch.nn.RNNBase) and bool(module.dropout > 0 and module.num_layers > 1)

    def is_batch_norm(self, module: Any) -> bool:
        return isinstance(module, torch.nn.modules.batchnorm._BatchNorm)

    def is_frozen(self, module: Any) -> bool:
        parameters = list(module.parameters())
        return bool(parameters) and not any(parameter.requires_grad for parameter in parameters)

    def held(self, module: Any) -> Iterator[tuple[str, Any]]:
        return reachable(vars(module), self.is_module, TORCHS_OWN)

    def tensors(self, module: Any) -> Iterator[Restore]:
        tensors = (*module._parameters.values(), *module._buffers.values())
        yield from (restoring(tensor) for tensor in tensors if tensor is not None)

    @property
    def device(self) -> Any:
        """The device of the model's parameters."""
        return next((parameter.device for parameter in self.model.parameters()), torch.device("cpu"))

    def tensor_of(self, value: Any) -> Any:
        """A new tensor for an array or a tensor; anything else is passed unchanged."""
        if not isinstance(value, torch.Tensor | np.ndarray):
            return value
        tensor = value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value, order="C"))
        tensor = tensor.detach().clone().to(self.device)
        if not tensor.is_floating_point():
            return tensor
        floating = (parameter.dtype for parameter in self.model.parameters() if parameter.is_floating_point())
        return tensor.to(next(floating, tensor.dtype)).requires_grad_()

    def run(self, options: RunOptions = PLAIN) -> Trace:
        args = [self.tensor_of(value) for value in self.args]
        kwargs = {name: self.tensor_of(value) for name, value in self.kwargs.items()}
        leaves = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
        args, kwargs = [no_leaf(value) for value in args], {name: no_leaf(value) for name, value in kwargs.items()}
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
        before, modes = [value.detach().clone() for value in given], self.modes()
        tracer = Tracer(options, self.keys, self.kind_of, is_leaf, array_of, self.keep)
        trace = tracer.trace
        parameters = {f"`{name}`": tensor for name, tensor in self.model.named_parameters() if tensor.requires_grad}
        for tensor in parameters.values():
            tensor.grad = None  # the user's gradient is restored at the end
        with hooked(tracer), torch.enable_grad():
            trace.result = self.model(*args, **kwargs)
            trace.outputs = floating_outputs(trace.result, array_of)
            trace.changed_inputs = not all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
            trace.modes_changed = [key for key, mode in self.modes().items() if mode is not modes[key]]
            if options.backward:
                tracer.in_backward = True
                trace.backward_error = run_backward(trace.result)
                inputs = {f"input {i}": value for i, value in enumerate(leaves) if value.requires_grad}
                trace.gradients = {
                    name: numbers(tensor.grad)
                    for name, tensor in (*parameters.items(), *inputs.items())
                    if tensor.grad is not None
                }
        return trace

    def graph(self, trace: Trace) -> Graph:
        ends = [tensor.grad_fn for tensor in tensors_in(trace.result) if tensor.grad_fn is not None]
        parameters = {id(parameter) for parameter in self.model.parameters()}
        return Graph(ends, parents_of, lambda node: id(getattr(node, "variable", None)) in parameters)


def is_leaf(module: torch.nn.Module) -> bool:
    """Whether a module contains no other module."""
    return not any(True for _ in module.children())


def no_leaf(value: Any) -> Any:
    """A copy that in-place operations may change while gradients still flow to the original."""
    return value.clone() if isinstance(value, torch.Tensor) and value.requires_grad else value


def array_of(value: Any) -> Array | None:
    """The values of a tensor, as a new array; None for anything else."""
    return numbers(value) if isinstance(value, torch.Tensor) else None


def numbers(tensor: torch.Tensor) -> Array:
    """The values of a tensor, as a new array with a dtype that NumPy has."""
    tensor = tensor.detach().cpu()
    tensor = tensor.to_dense() if tensor.layout != torch.strided else tensor
    if tensor.dtype in (torch.bfloat16, torch.float16):
        tensor = tensor.float()
    return np.array(tensor.numpy())


def parents_of(node: Any) -> list[Any]:
    """The nodes of PyTorch's graph that a node was computed from."""
    return [parent for parent, _ in node.next_functions if parent is not None]


def tensors_in(result: Any) -> list[torch.Tensor]:
    """The tensors in a model's result."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, Mapping):
        result = list(result.values())
    return [found for value in result for found in tensors_in(value)] if isinstance(result, list | tuple) else []


def run_backward(result: Any) -> str:
    """Run backward from a weighted sum of all outputs; return the error that it raised, in one line, or ""."""
    outputs = [tensor for tensor in tensors_in(result) if tensor.requires_grad and tensor.is_floating_point()]
    weights = [torch.linspace(0.5, 1.5, max(y.numel(), 1)).reshape(y.shape).to(y) for y in outputs]
    if not outputs:
        return ""
    try:
        torch.autograd.backward(outputs, weights)
    except Exception as error:
        return described(error)
    return ""


def restoring(tensor: Any) -> Restore:
    """A function that restores a tensor's values and its gradient."""
    if torch.nn.parameter.is_lazy(tensor):
        problem = "it has lazy parameters, which the first forward creates; call the model once before examining it."
        raise CannotDrive(problem)
    before, grad, data = tensor.detach().clone(), tensor.grad, tensor.data

    def restore() -> None:
        with torch.no_grad():
            if tensor.data_ptr() != data.data_ptr():
                tensor.data = data
            if not torch.equal(tensor, before):
                tensor.copy_(before)
        tensor.grad = grad

    return restore


@contextmanager
def hooked(tracer: Tracer) -> Iterator[None]:
    """Inside, the tracer sees every call of a module and of a dropout function."""
    frames: list[Frame] = []
    probabilities: list[float] = []

    def before(module: Any, inputs: Any) -> Any:
        frame = tracer.enter(module, inputs)
        frames.append(frame)
        if frame.kind == "hidden" and tracer.options.without_hidden:
            probabilities.append(module.dropout)
            module.dropout = 0.0
        if frame.kind == "dropout" and inputs and tracer.on_copies:
            return (inputs[0].clone(), *inputs[1:])
        return None

    def after(module: Any, inputs: Any, output: Any) -> Any:
        frame = frames.pop()
        if frame.kind == "hidden" and tracer.options.without_hidden:
            module.dropout = probabilities.pop()
        found = tracer.leave(frame, output, getattr(output, "grad_fn", None))
        factor = tracer.factor(found)
        return None if factor is None else frame.tensor * tensor_like(factor, frame.tensor)

    with ExitStack() as stack:
        stack.callback(register_module_forward_pre_hook(before).remove)
        stack.callback(register_module_forward_hook(after, always_call=True).remove)
        stack.enter_context(
            set_checkpoint_early_stop(False)
        )  # otherwise the recomputation stops inside the last dropout
        stack.enter_context(Functions(tracer))
        yield


def tensor_like(factor: Any, tensor: torch.Tensor) -> Any:
    """A factor in a form that the tensor can be multiplied by."""
    return torch.from_numpy(factor).to(tensor) if isinstance(factor, np.ndarray) else factor


class Functions(TorchFunctionMode):  # type: ignore[misc, unused-ignore]
    """Reports calls of PyTorch's functions that drop or draw random numbers to the tracer."""

    def __init__(self, tracer: Tracer) -> None:
        super().__init__()
        self.tracer = tracer

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in DROPOUTS and not self.tracer.inside_dropout:
            return self.dropout(func, args, kwargs)
        if func is F.scaled_dot_product_attention and not self.tracer.inside_dropout:
            return self.attention(func, args, kwargs)
        if getattr(func, "__name__", "") in DRAWING:
            self.tracer.drew(func.__name__)
        return func(*args, **kwargs)

    def dropout(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run one of the functions that only drop, and report it."""
        name, parameters = DROPOUTS[func]
        given = {"p": 0.5, "training": True, "inplace": False, **dict(zip(parameters, args, strict=False)), **kwargs}
        tensor, x = given["input"], numbers(given["input"])
        in_place = bool(given["inplace"]) or name.endswith("_")
        if in_place and self.tracer.on_copies:
            args, kwargs = (tensor.clone(), *args[1:]), kwargs
        output = func(*args, **kwargs)
        on = bool(given.get("train", given["training"]))
        call = self.tracer.function(name, float(given["p"]), on, in_place, x, numbers(output), output.grad_fn)
        factor = self.tracer.factor(call)
        return output if factor is None else tensor * tensor_like(factor, tensor)

    def attention(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Run attention, which drops whenever its dropout_p is above 0 because it has no argument for the mode."""
        parameters = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")
        given = {**dict(zip(parameters, args, strict=False)), **kwargs}
        p = float(given.get("dropout_p", 0.0))
        if p > 0:
            self.tracer.function("F.scaled_dot_product_attention", p, True, False, None, None, None)
            if self.tracer.options.without_hidden:
                given["dropout_p"] = 0.0
        return func(**given)
