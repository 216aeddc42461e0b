"""The recorder copies the inputs and outputs of every step, in the engine's order, and changes no bit of them."""

import threading

import numpy as np
import pytest
from hypothesis import given

import tinygrad_dropout as td
from tests.study.graphs import (
    arrays_of,
    generator_state,
    often,
    programs,
    record_loss,
    record_program,
    same_bits,
)
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.recording import record


def network(seed: int = 3) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    layers = nn.Linear(5, 7, rng=rng), nn.ReLU(), nn.Dropout(0.4), nn.Linear(7, 3, rng=rng)
    return nn.Sequential(*layers)


def batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.normal(size=(6, 5)).astype(np.float32), rng.integers(0, 3, size=6)


def train_step(model: nn.Module) -> None:
    x, target = batch()
    F.cross_entropy(model(td.Tensor(x)), target).backward()


def test_recording_changes_no_bit_of_a_networks_gradients():
    watched, unwatched = network(), network()
    td.manual_seed(7)
    for _ in range(2):  # the second adds to the .grad of the first
        with study.record():
            train_step(watched)
    after = generator_state()
    td.manual_seed(7)
    for _ in range(2):
        train_step(unwatched)
    assert generator_state() == after
    for recorded, plain in zip(watched.parameters(), unwatched.parameters(), strict=True):
        assert same_bits(recorded.grad, plain.grad)


@often
@given(program=programs())
def test_recording_changes_no_bit_in_any_graph(program):
    _, watched = record_program(program)
    unwatched = program.build()
    program.backward(unwatched[-1])
    for recorded, plain in zip(watched, unwatched, strict=True):
        assert same_bits(recorded.data, plain.data)
        assert (recorded._grad is None) == (plain._grad is None)
        assert plain._grad is None or same_bits(recorded._grad, plain._grad)


def test_no_random_number_is_drawn():
    model, (x, target) = network(), batch()
    loss = F.cross_entropy(model(td.Tensor(x)), target)
    before = generator_state()
    with study.record():
        loss.backward()
    assert generator_state() == before


def test_a_grad_that_you_read_earlier_keeps_its_values():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    (w * 3).sum().backward()
    read = w.grad
    with study.record() as replay:
        (w * 5).sum().backward()
    np.testing.assert_array_equal(read, [3, 3])
    np.testing.assert_array_equal(w.grad, [8, 8])
    (before,) = [node.grad_before for node in replay.passes[0].nodes if node.name == "w"]
    np.testing.assert_array_equal(before, [3, 3])


def test_an_upstream_gradient_is_copied_before_the_backward_function_runs():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * 7).sum())
    np.testing.assert_array_equal(recorded.steps[1].upstream, [1, 1])
    np.testing.assert_array_equal(recorded.steps[1].contributions[0].value, [7, 7])


def test_later_changes_to_the_network_do_not_change_the_recording():
    model = network()
    x, target = td.Tensor(batch()[0]), batch()[1]
    train_step(model)
    with study.record() as replay:
        out = model(x)
        loss = F.cross_entropy(out, target)
        loss.backward()
    then = [array.copy() for array in arrays_of(replay.passes)]
    for tensor in (x, out, loss, *model.parameters()):
        tensor.data.fill(9)
        if tensor.is_leaf and tensor.grad is not None:
            tensor.grad.fill(9)
    target.fill(0)
    assert len(then) > 40
    assert all(same_bits(*pair) for pair in zip(then, arrays_of(replay.passes), strict=True))


@often
@given(program=programs())
def test_a_recording_shares_no_memory_with_the_tensors(program):
    recorded, values = record_program(program)
    held = [array for tensor in values for array in (tensor.data, tensor._grad) if array is not None]
    for array in arrays_of(recorded):
        assert not any(np.shares_memory(array, other) for other in held)


INDICES = {
    "an array": lambda rows: rows,
    "a tuple of arrays": lambda rows: (rows, np.array([0, 1, 1])),
    "a tuple with a slice": lambda rows: (rows, slice(0, 2)),
    "a tuple with a list": lambda rows: (rows, [0, 1, 1]),
}


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES.keys())
def test_an_index_that_was_saved_is_a_copy(index):
    rows = np.array([0, 0, 2])
    x = td.Tensor(np.arange(12.0).reshape(4, 3), requires_grad=True)
    recorded = record_loss(lambda: x[index(rows)].sum())
    assert not any(np.shares_memory(array, rows) for array in arrays_of(recorded))


def test_arrays_in_a_dict_that_was_saved_are_copies():
    x, factors = td.Tensor(np.array([1.0, 2.0]), requires_grad=True), {"by": np.array([3.0, 4.0])}

    def backward(grad, x, factors):
        return (grad * factors["by"],)

    recorded = record_loss(lambda: record(x.data * factors["by"], (x,), backward, (factors,)).sum())
    assert not any(np.shares_memory(array, factors["by"]) for array in arrays_of(recorded))


def test_a_list_that_was_saved_is_a_copy():
    rows = [0, 0, 2]
    x = td.Tensor(np.arange(12.0).reshape(4, 3), requires_grad=True)
    recorded = record_loss(lambda: x[rows].sum())
    rows[0] = 3
    (index,) = [node.saved["index"] for node in recorded.nodes if node.operation == "getitem"]
    np.testing.assert_array_equal(index, [0, 0, 2])


def test_saved_values_that_cannot_be_copied_are_kept():
    """They are a result (copy() refuses it because of its graph) and a lock."""
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    kept = x.tanh()

    def backward(grad, x, factor, lock):
        with lock:
            return (grad * factor.data,)

    recorded = record_loss(lambda: record(x.data * kept.data, (x,), backward, (kept, threading.Lock())).sum())
    assert list(recorded.nodes[1].saved) == ["factor", "lock"]
    np.testing.assert_array_equal(x.grad, np.tanh([1.0, 2.0]))
