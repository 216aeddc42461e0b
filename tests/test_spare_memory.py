"""The memory of large gradients is used again, and nobody can see it.

Here a gradient is large from 64 bytes on, and a weight has 128.
"""

import copy
import threading
import time
import weakref

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim, spare_memory
from tinygrad_dropout.functional.products import linear_backward

SHAPE = (4, 8)


@pytest.fixture(autouse=True)
def sixty_four_bytes_are_large(monkeypatch):
    monkeypatch.setattr(spare_memory, "LARGE", 64)


def large_weight() -> nn.Parameter:
    return nn.Parameter(np.arange(32, dtype=np.float32).reshape(SHAPE))


def rows(value: float, count: int = 1, dtype: type = np.float32) -> td.Tensor:
    return td.Tensor(np.full((count, SHAPE[1]), value, dtype=dtype))


def give_gradient(weight: nn.Parameter, value: float = 1.0) -> None:
    """A backward pass through `weight`, after which every number of its gradient is `value`."""
    F.linear(rows(value), weight).sum().backward()


def is_offered(weight: nn.Parameter) -> bool:
    """Whether there is spare memory for this weight; it is gone then."""
    return spare_memory.take(weight, weight.dtype) is not None


# Used again -----------------------------------------------------------------------------------------------------------


def test_a_gradient_that_nobody_read_leaves_its_memory_to_the_next():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    in_the_way, addresses = [], set()
    for step in range(5):
        optimizer.zero_grad()
        in_the_way += [np.empty(SHAPE, np.float32) for _ in range(20)]  # would lie where memory was given back
        give_gradient(weight, step)
        addresses.add(weight._grad.ctypes.data)
        optimizer.step()
    assert len(addresses) == 1
    np.testing.assert_array_equal(weight.grad, np.full(SHAPE, 4))


def test_what_was_in_the_memory_before_does_not_show():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    for value, count, expected in [(np.nan, 2, np.nan), (3, 1, 3), (5, 0, 0), (7, 3, 21)]:
        optimizer.zero_grad()
        F.linear(rows(value, count), weight).sum().backward()
        np.testing.assert_array_equal(weight._grad, np.full(SHAPE, expected))


def test_a_weight_used_twice_in_one_graph_gets_the_sum():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    for step in range(3):
        optimizer.zero_grad()
        (F.linear(rows(step), weight) + F.linear(rows(10), weight)).sum().backward()
        np.testing.assert_array_equal(weight._grad, np.full(SHAPE, step + 10))


def test_gradients_accumulate_over_backward_passes():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        for value in (1, 2, 3):
            give_gradient(weight, value)
        np.testing.assert_array_equal(weight._grad, np.full(SHAPE, 6))


def test_spare_memory_is_used_by_one_gradient_only():
    weight = large_weight()
    give_gradient(weight)
    optim.SGD([weight], lr=0.1).zero_grad()
    assert is_offered(weight)
    assert not is_offered(weight)


# What is not offered --------------------------------------------------------------------------------------------------


def test_a_small_gradient_is_left_to_the_c_library():
    weight = nn.Parameter(np.ones((1, 8), np.float32))
    give_gradient(weight)
    optim.SGD([weight], lr=0.1).zero_grad()
    assert weight not in spare_memory._spare


@pytest.mark.parametrize(
    "use",
    [lambda weight: rows(1) @ weight.T, lambda weight: weight[:2], lambda weight: weight * 2],
    ids=["matmul", "indexing", "a product"],
)
def test_a_weight_that_never_asks_for_memory_keeps_none(use):
    """Its next gradient would lie beside what was kept."""
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    for _ in range(2):
        use(weight).sum().backward()
        memory = weakref.ref(weight._grad)
        optimizer.zero_grad()
        assert memory() is None


def test_memory_that_nobody_took_is_let_go_by_the_next_zero_grad():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    give_gradient(weight)
    memory = weakref.ref(weight._grad)
    optimizer.zero_grad()
    (weight * 2).sum().backward()
    assert memory() is not None
    optimizer.zero_grad()
    assert memory() is None
    assert not is_offered(weight)


def test_a_gradient_that_does_not_lie_row_by_row_is_not_offered():
    """A product cannot be written into it."""
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    give_gradient(weight)
    weight.zero_grad()
    (rows(1) @ weight.T).sum().backward()
    assert not weight._grad.flags.c_contiguous
    optimizer.zero_grad()
    give_gradient(weight, 2)
    np.testing.assert_array_equal(weight.grad, np.full(SHAPE, 2))


def test_a_layer_made_double_takes_no_memory_of_another_dtype():
    layer = nn.Linear(8, 4, bias=False)
    optimizer = optim.SGD(layer.parameters(), lr=0.1)
    give_gradient(layer.weight)
    optimizer.zero_grad()
    layer.double()
    layer(rows(1 / 3, dtype=np.float64)).sum().backward()
    assert layer.weight.grad.dtype == np.float64
    np.testing.assert_array_equal(layer.weight.grad, np.full(SHAPE, 1 / 3))


@pytest.mark.parametrize(
    ("data", "dtype"),
    [(np.ones(SHAPE), np.float64), (np.ones((2, 16), np.float32), np.float32), (np.ones(32, np.float32), np.float32)],
    ids=["another dtype", "another shape", "another number of axes"],
)
def test_memory_that_does_not_fit_is_not_taken(data, dtype):
    weight = large_weight()
    give_gradient(weight)
    optim.SGD([weight], lr=0.1).zero_grad()
    weight.data = data
    assert spare_memory.take(weight, np.dtype(dtype)) is None


def test_spare_memory_goes_when_its_tensor_goes():
    weight = large_weight()
    give_gradient(weight)
    memory = weakref.ref(weight._grad)
    optim.SGD([weight], lr=0.1).zero_grad()
    assert memory() is not None
    del weight
    assert memory() is None


# Never what somebody may hold -----------------------------------------------------------------------------------------

HOLDERS = {
    "the array": lambda weight: weight.grad,
    "a part of it": lambda weight: weight.grad[1:, ::2],
    "its transpose": lambda weight: weight.grad.T,
    "a memoryview": lambda weight: memoryview(weight.grad),
    "a Tensor": lambda weight: td.Tensor(weight.grad).data,
}


@pytest.mark.parametrize("hold", HOLDERS.values(), ids=HOLDERS.keys())
@pytest.mark.parametrize("accumulated", [False, True], ids=["then dropped", "then added to"])
def test_what_was_read_from_grad_keeps_its_values(hold, accumulated):
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    give_gradient(weight, 2)
    held = hold(weight)
    if accumulated:
        give_gradient(weight, 3)
        np.testing.assert_array_equal(weight._grad, np.full(SHAPE, 5))
    for step in range(3):
        optimizer.step()
        optimizer.zero_grad()
        give_gradient(weight, 7 + step)
    assert np.all(np.asarray(held) == 2)


@pytest.mark.parametrize(
    "read",
    [
        lambda weight: weight.grad is None,
        lambda weight: getattr(weight, "grad"),  # noqa: B009 (another way to read)
        copy.deepcopy,
    ],
    ids=["is it None", "getattr", "a copy"],
)
def test_reading_is_enough_whatever_is_done_with_what_was_read(read):
    weight = large_weight()
    give_gradient(weight)
    read(weight)
    optim.SGD([weight], lr=0.1).zero_grad()
    assert not is_offered(weight)


def test_a_gradient_read_before_the_pass_may_be_used_again():
    """What was read then is another array."""
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    give_gradient(weight, 2)
    held = weight.grad
    optimizer.zero_grad()
    give_gradient(weight, 3)
    optimizer.zero_grad()
    assert is_offered(weight)
    np.testing.assert_array_equal(held, np.full(SHAPE, 2))


def test_an_array_assigned_to_grad_is_its_owners():
    weight = large_weight()
    optimizer = optim.SGD([weight], lr=0.1)
    mine = np.full(SHAPE, 2, dtype=np.float32)
    weight.grad = mine
    optimizer.zero_grad()
    give_gradient(weight, 7)
    np.testing.assert_array_equal(mine, np.full(SHAPE, 2))


# Threads --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def threads_that_change_at_every_line():
    """New threads let the others go first before each line of `spare_memory`, so that they do meet there."""

    def pause(frame, event, argument):
        if frame.f_code.co_filename != spare_memory.__file__:
            return None
        time.sleep(1e-4)
        return pause

    before = threading.gettrace()
    threading.settrace(pause)
    yield
    threading.settrace(before)


def at_the_same_time(count: int, work) -> list:
    """What `work(number)` answers in each of `count` threads that begin together."""
    together = threading.Barrier(count)
    answers = [None] * count

    def run(number: int) -> None:
        together.wait(timeout=30)
        answers[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.usefixtures("threads_that_change_at_every_line")
def test_of_many_threads_at_most_one_gets_the_array():
    weights = [large_weight() for _ in range(30)]
    for weight in weights:
        give_gradient(weight)
        spare_memory.offer_grad(weight)
        weight.zero_grad()
    taken = at_the_same_time(4, lambda _: [spare_memory.take(weight, weight.dtype) for weight in weights])
    assert [sum(array is not None for array in arrays) for arrays in zip(*taken, strict=True)] == [1] * len(weights)


@pytest.mark.usefixtures("threads_that_change_at_every_line")
def test_passes_through_one_weight_in_several_threads_do_not_share_its_memory():
    """Each thread's own part of the gradient, before it is added to the weight's."""
    weights = [large_weight() for _ in range(30)]
    for weight in weights:
        give_gradient(weight)
        spare_memory.offer_grad(weight)
        weight.zero_grad()

    def gradients(number: int) -> list[np.ndarray]:
        x = rows(number + 1, count=2)
        return [linear_backward(np.ones((2, 4), np.float32), x, weight)[1] for weight in weights]

    in_all_threads = at_the_same_time(4, gradients)
    assert not any(is_offered(weight) for weight in weights)
    for parts in zip(*in_all_threads, strict=True):
        np.testing.assert_array_equal(np.stack(parts), [np.full(SHAPE, 2 * (number + 1)) for number in range(4)])
