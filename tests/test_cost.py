"""What a train step costs, counted rather than timed: nodes, calls, bytecodes, bytes and updates.

A bound stands a little above what was counted on Python 3.10 to 3.13. A change that makes a step dearer fails here on
any machine; `python -m benchmarks` says what it means in microseconds.
"""

import gc
import sys
import tracemalloc
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.grad_mode import ModeContext

PACKAGE = str(Path(td.__file__).parent)

BOUNDS = {"python calls": 156, "c calls": 166, "bytecodes": 4960, "bytecodes a node": 310}


class TrainStep:
    """A train step of an MLP with dropout behind each ReLU: what `python -m benchmarks` times."""

    def __init__(self, *sizes: int, batch: int) -> None:
        layers: list[nn.Module] = [nn.Linear(sizes[0], sizes[1])]
        for fan_in, fan_out in pairwise(sizes[1:]):
            layers += [nn.ReLU(), nn.Dropout(0.5), nn.Linear(fan_in, fan_out)]
        self.model = nn.Sequential(*layers)
        self.loss_of = nn.CrossEntropyLoss()
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        rng = np.random.default_rng(0)
        self.x = td.Tensor(rng.normal(size=(batch, sizes[0])).astype(np.float32))
        self.labels = rng.integers(0, sizes[-1], size=batch)
        self.activation_bytes = sum(batch * size * 4 for size in sizes[1:])
        for _ in range(3):  # what is made once is made now
            self()

    def __call__(self) -> None:
        self.optimizer.zero_grad()
        loss = self.loss_of(self.model(self.x), self.labels)
        loss.backward()
        self.optimizer.step()


@pytest.fixture
def tiny() -> TrainStep:
    return TrainStep(2, 32, 32, 2, batch=64)


class CountingWatcher:
    """Counts operations forward and backward."""

    def __init__(self) -> None:
        self.forward = self.backward = 0

    def after_forward(self, result, parents, operation):
        self.forward += 1

    def before_backward(self, node, grad):
        self.backward += 1

    def after_backward(self, node, contributions):
        pass


def calls(function) -> Counter[str]:
    """How often Python calls a Python function ("python") or one written in C ("c") while `function` runs."""
    counted: Counter[str] = Counter()

    def note(frame, event, argument):
        counted[{"call": "python", "c_call": "c"}.get(event, "other")] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return counted


def bytecodes(function) -> int:
    """How many bytecode instructions of this package run while `function` does."""
    return (counted_by_monitoring if sys.version_info >= (3, 12) else counted_by_tracing)(function)


def counted_by_monitoring(function) -> int:
    counted = 0

    def note(code, offset):
        nonlocal counted
        if not code.co_filename.startswith(PACKAGE):
            return sys.monitoring.DISABLE
        counted += 1
        return None

    tool = sys.monitoring.PROFILER_ID
    sys.monitoring.use_tool_id(tool, __name__)
    sys.monitoring.register_callback(tool, sys.monitoring.events.INSTRUCTION, note)
    sys.monitoring.set_events(tool, sys.monitoring.events.INSTRUCTION)
    try:
        function()
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.free_tool_id(tool)
    return counted


def counted_by_tracing(function) -> int:
    counted = 0

    def note(frame, event, argument):
        nonlocal counted
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        function()
    finally:
        sys.settrace(before)
    return counted


def peak_bytes(function) -> int:
    """The most memory that was taken at once while `function` ran, beyond what was taken before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        function()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_a_step_has_one_node_for_each_layer_and_one_for_the_loss(tiny):
    watcher = CountingWatcher()
    with ModeContext(watcher=watcher):
        tiny()
    assert (watcher.forward, watcher.backward) == (8, 8)


def test_a_step_of_a_small_network_makes_few_calls(tiny):
    counted = calls(tiny)
    assert counted["python"] <= BOUNDS["python calls"]
    assert counted["c"] <= BOUNDS["c calls"]


def test_a_step_of_a_small_network_runs_few_bytecodes(tiny):
    assert bytecodes(tiny) <= BOUNDS["bytecodes"]


def test_a_node_of_a_chain_costs_few_bytecodes():
    y0 = td.Tensor(np.ones(10, dtype=np.float32), requires_grad=True)
    a, b = (td.Tensor(np.full(10, value, dtype=np.float32)) for value in (0.9, 0.1))

    def chain(length: int) -> None:
        y = y0
        for _ in range(length):
            y = y * a + b
        y.sum().backward()

    links = 100
    both, one = bytecodes(lambda: chain(2 * links)), bytecodes(lambda: chain(links))
    assert (both - one) / (2 * links) <= BOUNDS["bytecodes a node"]


def test_a_small_network_is_updated_at_once(tiny):
    updates = 0
    update = tiny.optimizer.update

    def counting(*arguments):
        nonlocal updates
        updates += 1
        update(*arguments)

    tiny.optimizer.update = counting
    tiny()
    assert updates == 1


def test_a_step_takes_memory_for_the_activations_and_gradients_and_little_else():
    """One array for each node's result, a byte an element for each mask, and the gradients of all parameters."""
    step = TrainStep(64, 256, 256, 10, batch=512)
    gradients = sum(parameter.data.nbytes for parameter in step.model.parameters())
    hidden = 2 * 512 * 256 * 4
    results = step.activation_bytes + 2 * hidden  # of Linear, ReLU and Dropout
    masks = hidden // 4
    on_the_way_back = 2 * 512 * 256 * 4  # one gradient, and what it is made into
    assert peak_bytes(step) <= 1.1 * (results + masks + on_the_way_back + gradients)


def test_a_stored_mask_takes_a_byte_an_element():
    layer = nn.Dropout(0.3)
    x = td.Tensor(np.ones((100, 100), dtype=np.float32), requires_grad=True)
    y = layer(x)
    assert layer.mask.nbytes == x.size
    saved = [value for value in y._saved if isinstance(value, np.ndarray)]
    assert [array.nbytes for array in saved] == [x.size]


def test_a_parent_that_needs_no_gradient_costs_no_product():
    """The gradient of the input batch is never computed, nor is a frozen weight's."""
    layer = nn.Linear(300, 200)
    x = td.Tensor(np.ones((100, 300), dtype=np.float32))
    y = layer(x)
    dx, dweight, _ = y._backward(np.ones((100, 200), dtype=np.float32), *y._parents)
    assert dx is None
    assert dweight is not None
    layer.weight.requires_grad = False
    y = layer(td.Tensor(x.data, requires_grad=True))
    dx, dweight, _ = y._backward(np.ones((100, 200), dtype=np.float32), *y._parents)
    assert dx is not None
    assert dweight is None


def test_a_watcher_costs_nothing_once_it_is_gone(tiny):
    before = bytecodes(tiny)
    with td.detect_anomaly():
        watched = bytecodes(tiny)
    assert bytecodes(tiny) == before < watched


def test_the_backward_walk_itself_makes_two_passes_over_the_nodes_and_no_more():
    """Twice the nodes, twice the bytecodes: nothing is quadratic."""
    x = td.Tensor(np.ones(3), requires_grad=True)

    def walk(length: int) -> int:
        y = x
        for _ in range(length):
            y = y * 1.5
        total = y.sum()
        return bytecodes(total.backward)

    short, long = walk(100), walk(1000)
    assert long <= 10.5 * short
