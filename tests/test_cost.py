"""The cost of a train step, counted instead of timed: nodes, calls, blocks of memory, bytes and updates.

Each bound is a little above the counts on Python 3.10 to 3.13. A change that makes a step more expensive fails here on
any machine. `python -m benchmarks` measures the microseconds.
"""

import gc
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

import tinygrad_dropout as td
from benchmarks.counts import calls
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.grad_mode import ModeContext

BOUNDS = {"Python calls": 122, "C calls": 153, "calls a link": 53, "blocks a link": 12.5, "blocks of a graph": 83}


class TrainStep:
    """The train step that `python -m benchmarks` times: an MLP with dropout after each ReLU."""

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
        for _ in range(3):  # warm up
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
    """Counts operations in forward and backward."""

    def __init__(self) -> None:
        self.forward = self.backward = 0

    def after_forward(self, result, parents, operation):
        self.forward += 1

    def before_backward(self, node, grad):
        self.backward += 1

    def after_backward(self, node, contributions):
        pass


def chain(length: int) -> td.Tensor:
    """Compute y = y * a + b this many times on ten numbers, and return the sum."""
    y = td.Tensor(np.ones(10, dtype=np.float32), requires_grad=True)
    a, b = (td.Tensor(np.full(10, value, dtype=np.float32)) for value in (0.9, 0.1))
    for _ in range(length):
        y = y * a + b
    return y.sum()


def one_more_link(count) -> float:
    """Return how much `count(length)` grows with each further link of a chain."""
    return (count(200) - count(100)) / 100


def all_calls(function) -> int:
    """Return how many function calls Python makes while this function runs."""
    return sum(calls(function).values())


def blocks_held(function) -> int:
    """Return how many blocks of memory (objects, arrays, tuples) the result of `function` keeps alive."""
    gc.collect()
    tracemalloc.start()
    try:
        kept = function()
        held = sum(trace.count for trace in tracemalloc.take_snapshot().statistics("filename"))
        del kept
        return held
    finally:
        tracemalloc.stop()


def peak_bytes(function) -> int:
    """Return the peak of additional memory while `function` runs."""
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
    assert counted["Python calls"] <= BOUNDS["Python calls"]
    assert counted["C calls"] <= BOUNDS["C calls"]


def test_a_node_of_a_chain_costs_few_calls():
    assert one_more_link(lambda length: all_calls(lambda: chain(length).backward())) <= BOUNDS["calls a link"]


def test_a_node_of_a_chain_holds_few_blocks_of_memory():
    """A node has its Tensor, its array and its tuple of parents, and nothing that only a closure would need."""
    assert one_more_link(lambda length: blocks_held(lambda: chain(length))) <= BOUNDS["blocks a link"]


def test_the_graph_of_a_small_network_holds_few_blocks_of_memory(tiny):
    assert blocks_held(lambda: tiny.loss_of(tiny.model(tiny.x), tiny.labels)) <= BOUNDS["blocks of a graph"]


def test_a_small_network_is_updated_in_one_call(tiny):
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
    """One array for each node's result, one byte per element for each mask, and the gradients of all parameters."""
    step = TrainStep(64, 256, 256, 10, batch=512)
    gradients = sum(parameter.data.nbytes for parameter in step.model.parameters())
    hidden = 2 * 512 * 256 * 4
    results = step.activation_bytes + 2 * hidden  # of Linear, ReLU and Dropout
    masks = hidden // 4
    on_the_way_back = 2 * 512 * 256 * 4  # one gradient, and the array computed from it
    assert peak_bytes(step) <= 1.1 * (results + masks + on_the_way_back + gradients)


def test_a_stored_mask_takes_one_byte_per_element():
    layer = nn.Dropout(0.3)
    x = td.Tensor(np.ones((100, 100), dtype=np.float32), requires_grad=True)
    y = layer(x)
    assert layer.mask.nbytes == x.size
    saved = [value for value in y._saved if isinstance(value, np.ndarray)]
    assert [array.nbytes for array in saved] == [x.size]


def test_a_parent_that_needs_no_gradient_costs_no_product():
    """The gradients of the input batch and of a frozen weight are never computed."""
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
    before = calls(tiny)
    with td.detect_anomaly():
        watched = calls(tiny)
    assert calls(tiny) == before
    assert sum(watched.values()) > sum(before.values())


def test_backward_itself_makes_only_two_passes_over_the_nodes():
    """Ten times the nodes take ten times the calls, so nothing is quadratic."""
    assert all_calls(chain(1000).backward) <= 10.5 * all_calls(chain(100).backward)
