"""After a backward pass: memory is freed, every array has one owner, and threads do not disturb one another."""

import gc
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.recording import record


def leaf(*values: float) -> td.Tensor:
    return td.Tensor(np.array(values), requires_grad=True)


# Memory ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_garbage_collection():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
def test_deleting_the_loss_frees_a_graph_that_never_ran_backward():
    """Seen in PyDyNet: graphs that were never run backward leaked."""
    x = leaf(1.0, 2.0)
    hidden = (x * 2).exp()
    loss = (F.relu(hidden) @ td.Tensor(np.ones(2))).log().sum()
    alive = weakref.ref(hidden.data)
    del hidden
    assert alive() is not None
    del loss
    assert alive() is None


@pytest.mark.usefixtures("no_garbage_collection")
def test_backward_frees_the_graph_while_the_loss_is_still_held():
    x = leaf(1.0, 2.0)
    hidden = x.exp()
    alive = weakref.ref(hidden.data)
    loss = (hidden * hidden).sum()
    del hidden
    loss.backward()
    assert alive() is None


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("walked", [True, False], ids=["after backward", "without backward"])
def test_memory_is_back_to_the_start_when_the_loss_is_deleted(walked):
    x = td.Tensor(np.ones(100_000), requires_grad=True)  # large next to what other threads allocate meanwhile
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        loss = x
        for _ in range(50):
            loss = (loss * 0.5).tanh() + x
        loss = loss.sum()
        assert tracemalloc.get_traced_memory()[0] - before > 50 * x.data.nbytes
        if walked:
            loss.backward()
            x.zero_grad()
        del loss
        assert tracemalloc.get_traced_memory()[0] - before < x.data.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("no_garbage_collection")
def test_training_takes_no_more_memory_after_many_steps_than_after_a_few():
    model = nn.Sequential(nn.Linear(20, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 3))
    optimizer = optim.Adam(model.parameters())
    x, labels = np.ones((40, 20), dtype=np.float32), np.zeros(40, dtype=int)

    def train(steps: int) -> int:
        for _ in range(steps):
            optimizer.zero_grad()
            F.cross_entropy(model(td.Tensor(x)), labels).backward()
            optimizer.step()
        optimizer.zero_grad()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        after_a_few = train(20)  # by then Python has specialized its bytecode
        after_many = train(50)
    finally:
        tracemalloc.stop()
    one_activation = 40 * 50 * 4
    assert after_many - after_a_few < one_activation


def test_under_no_grad_nothing_is_remembered():
    x = leaf(1.0, 2.0)
    with td.no_grad():
        hidden = x.exp()
        alive = weakref.ref(hidden.data)
        loss = hidden.sum()
        del hidden
        assert alive() is None
    assert not loss.requires_grad


# Who owns an array ----------------------------------------------------------------------------------------------------


def test_a_seed_is_neither_changed_nor_kept():
    x = leaf(1.0, 2.0)
    seed = np.array([3.0, 4.0])
    ((x + 0).relu() + x).backward(seed)
    np.testing.assert_array_equal(seed, [3.0, 4.0])
    assert not np.shares_memory(x.grad, seed)


def test_a_seed_of_a_leaf_is_not_kept_either():
    x = leaf(1.0, 2.0)
    seed = np.array([3.0, 4.0])
    x.backward(seed)
    seed[0] = 99
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


def test_a_backward_that_overwrites_its_gradient_disturbs_no_other():
    def overwriting_backward(grad, x):
        grad *= 100
        return (grad,)

    def overwriting(x):
        return record(x.data.copy(), (x,), overwriting_backward)

    x, y, z = leaf(1.0, 1.0), leaf(1.0, 1.0), leaf(1.0, 1.0)
    hidden = x + y
    hidden.retain_grad()
    (overwriting(hidden) + z + overwriting(hidden)).backward(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(hidden.grad, [200.0, 400.0])
    np.testing.assert_array_equal(x.grad, [200.0, 400.0])
    np.testing.assert_array_equal(y.grad, [200.0, 400.0])
    np.testing.assert_array_equal(z.grad, [1.0, 2.0])


BRANCHING = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "maximum": F.maximum,
    "stack": lambda a, b: F.stack([a, b]),
    "concatenate": lambda a, b: F.concatenate([a, b]),
    "where": lambda a, b: F.where(np.array([True, False]), a, b),
    "mse_loss": lambda a, b: F.mse_loss(a, b),
    "reshape": lambda a, b: a.reshape(2) + b.reshape(1, 2),
}


@pytest.mark.parametrize("meet", BRANCHING.values(), ids=BRANCHING.keys())
def test_no_two_gradients_share_memory(meet):
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    left, right = a + 0, b + 0
    for tensor in (left, right):
        tensor.retain_grad()
    out = meet(left, right)
    out.retain_grad()
    out.backward(np.ones(out.shape))
    grads = [tensor.grad for tensor in (a, b, left, right, out)]
    assert not any(np.shares_memory(one, other) for i, one in enumerate(grads) for other in grads[:i])


def test_a_gradient_once_read_keeps_its_values():
    x = leaf(2.0)
    (x * 3).backward()
    read = x.grad
    x.zero_grad()
    (x * 5).backward()
    np.testing.assert_array_equal(read, [3.0])
    np.testing.assert_array_equal(x.grad, [5.0])


def test_backward_adds_to_an_assigned_gradient():
    x = leaf(2.0)
    mine = np.array([10.0])
    x.grad = mine
    (x * 3).backward()
    np.testing.assert_array_equal(x.grad, [13.0])
    np.testing.assert_array_equal(mine, [10.0])


# Threads --------------------------------------------------------------------------------------------------------------


def test_separate_graphs_in_separate_threads_do_not_disturb_one_another():
    together = threading.Barrier(4)
    gradients = {}

    def work(number: int) -> None:
        together.wait(timeout=10)
        for repeat in range(30):
            x = leaf(float(number), 1.0)
            y = x
            for _ in range(20):
                y = y * 1.0 + x * repeat
            y.sum().backward()
            gradients[number, repeat] = x.grad

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(gradients) == 4 * 30
    for (_, repeat), gradient in gradients.items():
        np.testing.assert_array_equal(gradient, [1 + 20 * repeat] * 2)


def test_a_graph_can_be_built_in_one_thread_and_used_in_another():
    x = leaf(2.0)
    parts = []
    thread = threading.Thread(target=lambda: parts.append(x * x))
    thread.start()
    thread.join(timeout=10)
    (parts[0] * 3 + x).backward()
    np.testing.assert_array_equal(x.grad, [13.0])


def test_a_node_whose_consumers_all_returned_none_is_freed_too():
    x = leaf(1.0)
    unreached = x.exp()
    (record(unreached.data, (unreached,), lambda grad, y: (None,)) + x).backward()
    with pytest.raises(RuntimeError, match="retain_graph"):
        unreached.backward()


def test_a_gradient_without_axes_can_be_overwritten_too():
    def doubled_backward(grad, x):
        return (np.multiply(grad, 2, out=grad),)

    x = leaf(3.0).sum()
    x.retain_grad()
    (record(x.data * 2, (x,), doubled_backward) * 5).backward()
    assert x.grad == 10
