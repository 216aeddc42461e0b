"""The recorder copies the inputs and outputs of every step, in the engine's order, and changes no bit of them."""

import inspect
import threading

import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_dropout as td
from tests.study.graphs import (
    arrays_of,
    generator_state,
    programs,
    record_loss,
    record_program,
    same_bits,
    stopped,
)
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.functional._activations import relu_backward
from tinygrad_dropout.study.recorder import Recorder

often = settings(max_examples=80)


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


# Nothing is changed ---------------------------------------------------------------------------------------------------


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


# The recording is a copy ----------------------------------------------------------------------------------------------


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


# The steps are the engine's -------------------------------------------------------------------------------------------


class Listener:
    """Watches the engine, and keeps copies of its arguments."""

    def __init__(self):
        self.numbers, self.upstream, self.returned = [], [], []

    def after_forward(self, result, parents, operation):
        pass

    def before_backward(self, node, grad):
        self.numbers.append(node._number)
        self.upstream.append(np.array(grad))

    def after_backward(self, node, contributions):
        self.returned.append([None if part is None else np.array(part) for part in contributions])


@often
@given(program=programs())
def test_the_steps_are_the_engines_in_the_same_order(program):
    listener = Listener()
    with ModeContext(watcher=listener):
        recorded, values = record_program(program)
    index_of = {tensor._number: node_index for node_index, tensor in enumerate(values)}
    indices = [index_of.get(number) for number in listener.numbers]
    assert len(recorded.steps) == len(listener.numbers)
    in_order = sorted(listener.numbers)
    graph_order = sorted(step.node for step in recorded.steps)
    assert [graph_order.index(step.node) for step in recorded.steps] == [
        in_order.index(number) for number in listener.numbers
    ]
    for step, node_index, upstream, returned in zip(
        recorded.steps, indices, listener.upstream, listener.returned, strict=True
    ):
        node = recorded.nodes[step.node]
        assert node_index is None or same_bits(node.data, values[node_index].data)
        assert same_bits(step.upstream, upstream)
        for contribution, answer in zip(step.contributions, returned, strict=True):
            requires_grad = recorded.nodes[contribution.parent].requires_grad
            assert (contribution.returned is None) == (answer is None or not requires_grad)
            assert contribution.returned is None or same_bits(contribution.returned, np.asarray(answer))


@often
@given(program=programs())
def test_the_contributions_of_all_steps_add_up_to_the_gradients(program):
    recorded, values = record_program(program)
    leaves = {tensor.data.tobytes(): tensor for tensor in values if tensor.is_leaf and tensor.requires_grad}
    sums: dict[int, np.ndarray] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            if contribution.value is not None:
                so_far = sums.get(contribution.parent, np.zeros(contribution.value.shape))
                sums[contribution.parent] = so_far + contribution.value
    found = 0
    for node_index, total in sums.items():
        node = recorded.nodes[node_index]
        if not node.operation:
            np.testing.assert_allclose(total, leaves[node.data.tobytes()].grad, rtol=1e-12, atol=1e-14)
            found += 1
    assert found == sum(leaf.grad is not None for leaf in leaves.values()) > 0


@often
@given(program=programs())
def test_before_plus_the_contribution_is_after_and_the_last_after_is_the_grad(program):
    values = program.build()
    rng = np.random.default_rng(program.seed)
    for tensor in values:
        if tensor.is_leaf and tensor.requires_grad:
            tensor.grad = rng.normal(size=tensor.shape)
    earlier = [None if tensor._grad is None else tensor._grad.copy() for tensor in values]
    with study.record() as replay:
        program.backward(values[-1])
    (recorded,) = replay.passes
    sums: dict[int, np.ndarray | None] = {
        node_index: node.grad_before for node_index, node in enumerate(recorded.nodes)
    }
    for step in recorded.steps:
        for contribution in step.contributions:
            before, after = sums[contribution.parent], contribution.after
            assert (contribution.before is None) == (before is None)
            assert before is None or same_bits(contribution.before, before)
            if contribution.value is None:
                assert after is contribution.before
            else:
                assert same_bits(
                    after, np.asarray(contribution.value if before is None else before + contribution.value)
                )
                sums[contribution.parent] = after
    for node_index, node in enumerate(recorded.nodes):
        if node.requires_grad and not node.operation:
            (index,) = [i for i, tensor in enumerate(values) if tensor.is_leaf and same_bits(tensor.data, node.data)]
            assert same_bits(node.grad_before, earlier[index])
            assert same_bits(sums[node_index], values[index].grad)


def test_a_node_that_gets_no_gradient_takes_no_step():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        silent = x * 2
        return (stopped(silent) + x.tanh()).sum()

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "tanh", "stopped"]
    assert next(node.operation for node in recorded.nodes if node.operation) == "multiply"
    (answer,) = recorded.steps[-1].contributions
    assert (answer.returned, answer.value, answer.before, answer.after) == (None,) * 4
    np.testing.assert_allclose(recorded.gradients()[0], x.grad)


def test_a_node_that_gets_no_gradient_does_not_end_the_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        answered = x.tanh()
        return (stopped(x * 2) + answered).sum()  # the multiply is newer than the tanh, and never runs

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "stopped", "tanh"]


def test_without_a_contribution_the_gradient_does_not_change():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    x.grad = np.array([5.0, 6.0])
    recorded = record_loss(lambda: (x.tanh() + stopped(x)).sum())
    (answer,) = recorded.steps[2].contributions
    assert (answer.returned, answer.value) == (None, None)
    np.testing.assert_array_equal(answer.before, [5, 6])
    np.testing.assert_array_equal(answer.after, [5, 6])


# Waiting for consumers ------------------------------------------------------------------------------------------------


def waiting_for(recorded, name: str) -> list[int]:
    """Return the number of consumers that have yet to run, for each contribution to the node with that name."""
    return [
        contribution.waiting
        for step in recorded.steps
        for contribution in step.contributions
        if recorded.nodes[contribution.parent].name == name
    ]


def test_a_node_waits_for_the_consumers_that_have_yet_to_run():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x.tanh() + x.exp() + x * 3).sum())
    assert waiting_for(recorded, "x") == [2, 1, 0]
    assert waiting_for(recorded, "tanh") == [0]


def test_a_consumer_that_uses_a_node_twice_counts_once():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum() + x.exp().sum())
    assert waiting_for(recorded, "x")[0] == 1


@often
@given(program=programs())
def test_the_last_contribution_to_a_node_waits_for_no_consumer(program):
    recorded, _ = record_program(program)
    waiting: dict[int, list[int]] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            waiting.setdefault(contribution.parent, []).append(contribution.waiting)
    for counts in waiting.values():
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == 0


# Several passes -------------------------------------------------------------------------------------------------------


def test_a_second_pass_begins_with_the_grad_of_the_first():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (w * 3).sum().backward()
        (w * w).mean().backward()
    first, second = replay.passes
    assert (first.number, second.number) == (1, 2)
    assert [len(first.steps), len(second.steps)] == [2, 2]
    assert first.nodes[0].grad_before is None
    np.testing.assert_array_equal(second.nodes[0].grad_before, [3, 3])
    np.testing.assert_array_equal(second.steps[-1].contributions[-1].after, w.grad)
    np.testing.assert_array_equal(second.gradients()[0], [1, 2])


def test_a_retained_graph_can_be_recorded_twice():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        loss = (w.exp() * w).sum()
        loss.backward(retain_graph=True)
        loss.backward()
    first, second = replay.passes
    operations = ["sum", "multiply", "exp"]
    for recorded in (first, second):
        assert [recorded.nodes[step.node].operation for step in recorded.steps] == operations
    for one, other in zip(first.steps, second.steps, strict=True):
        assert same_bits(one.upstream, other.upstream)
    np.testing.assert_array_equal(second.steps[-1].contributions[0].after, w.grad)


@often
@given(program=programs())
def test_any_retained_graph_can_be_recorded_twice(program):
    with study.record() as replay:
        values = program.build()
        program.backward(values[-1], retain_graph=True)
        program.backward(values[-1])
    first, second = replay.passes
    assert [step.node for step in first.steps] == [step.node for step in second.steps]
    assert [len(first.nodes), len(second.nodes)] == [first.root + 1, first.root + 1]


def test_a_second_loss_on_a_shared_graph_is_a_second_pass():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        shared = w.exp()
        one, other = (shared * 2).sum(), shared.mean()
        other.backward(retain_graph=True)
        one.backward()
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert operations == [["mean", "exp"], ["sum", "multiply", "exp"]]


def test_a_pass_from_a_node_that_the_last_pass_skipped_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        silent = x * 2
        (stopped(silent) + x.tanh()).sum().backward(retain_graph=True)
        silent.backward(np.ones(2))
    assert [len(recorded.steps) for recorded in replay.passes] == [4, 1]
    assert replay.passes[1].nodes[-1].operation == "multiply"


def failing(x: td.Tensor) -> td.Tensor:
    return record(x.data * 1, (x,), failing_backward)


def failing_backward(grad, x):
    """dL/dx: raises."""
    raise ValueError("on purpose")


def test_a_pass_after_a_failed_one_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        kept, broken = x * 2, failing(x)
        with pytest.raises(ValueError, match="on purpose"):
            (kept * broken).sum().backward()
        kept.backward(np.ones(2))
    assert replay.passes[-1].nodes[-1].operation == "multiply"
    assert len(replay.passes[-1].steps) == 1


def checkpointed(function, x: td.Tensor) -> td.Tensor:
    """Compute function(x), and recompute it in backward, so its graph need not be kept until then."""
    with td.no_grad():
        out = function(x)
    return record(out.data, (x,), checkpointed_backward, (function,))


def checkpointed_backward(grad, x, function):
    """dL/dx, by rerunning the function."""
    again = td.Tensor(x.data, requires_grad=True)
    function(again).backward(grad)
    return (again.grad,)


def test_a_backward_within_a_backward_function_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (checkpointed(lambda y: y.exp() * 3, x.tanh()) * 2).sum().backward()
    np.testing.assert_allclose(x.grad, 6 * np.exp(np.tanh([1, 2])) * (1 - np.tanh([1, 2]) ** 2))
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert ["sum", "multiply", "checkpointed", "tanh"] in operations
    assert ["multiply", "exp"] in operations


def test_passes_are_counted_from_1_and_keep_decides_which_are_kept():
    recorder = Recorder(keep=lambda number: number == 2, max_nodes=10)
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with ModeContext(watcher=recorder):
        for factor in (2, 3, 4):
            (w * factor).sum().backward()
    assert [recorded.number for recorded in recorder.passes] == [1, 2, 3]
    assert [len(recorded.steps) for recorded in recorder.passes] == [0, 2, 0]
    assert [recorded.operations for recorded in recorder.passes] == [2, 2, 2]
    assert [float(recorded.loss) for recorded in recorder.passes] == [6, 9, 12]


def test_a_graph_that_is_too_large_leaves_only_its_loss_and_number_of_operations():
    recorder = Recorder(max_nodes=3)
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with ModeContext(watcher=recorder):
        w.tanh().exp().sum().backward()
        w.tanh().exp().log().sum().backward()
    small, large = recorder.passes
    assert (small.operations, len(small.steps)) == (3, 3)
    assert (large.operations, len(large.steps), len(large.nodes)) == (4, 0, 1)
    np.testing.assert_allclose(large.loss, np.tanh([1, 2]).sum())
    np.testing.assert_allclose(w.grad, (np.exp(np.tanh([1.0, 2.0])) + 1) * (1 - np.tanh([1.0, 2.0]) ** 2), rtol=1e-12)


# The graph ------------------------------------------------------------------------------------------------------------


@often
@given(program=programs())
def test_nodes_are_the_graph_with_parents_before_children(program):
    recorded, values = record_program(program)
    root = program.build()[-1]  # rebuilt, because the engine has freed the first graph
    behind, ahead = {root}, [root]
    while ahead:
        new = set(ahead.pop()._parents) - behind
        behind |= new
        ahead += new
    assert sorted(node.data.tobytes() for node in recorded.nodes) == sorted(t.data.tobytes() for t in behind)
    assert recorded.root == len(recorded.nodes) - 1
    assert same_bits(recorded.loss, values[-1].data)
    for node_index, node in enumerate(recorded.nodes):
        assert all(parent < node_index for parent in node.parents)
        assert bool(node.operation) == (node.backward is not None) == bool(node.parents)
        if node.operation:
            assert node.requires_grad


def test_a_node_has_its_operation_and_saved_values():
    x = td.Tensor(np.array([[1.0, -2.0], [3.0, 4.0]]), requires_grad=True)
    mask = np.array([[True, False], [True, True]])
    recorded = record_loss(lambda: F.dropout(x.relu(), 0.25, mask=mask).sum(axis=1))
    leaf, relu, dropout, total = recorded.nodes
    assert (leaf.operation, leaf.backward, leaf.forward, leaf.saved, leaf.parents) == ("", None, None, {}, ())
    assert (relu.operation, relu.backward, relu.forward, relu.parents) == ("relu", relu_backward, F.relu, (0,))
    np.testing.assert_array_equal(relu.saved["out"], relu.data)
    assert list(dropout.saved) == ["mask", "p", "scaling"]
    np.testing.assert_array_equal(dropout.saved["mask"], mask)
    assert (dropout.saved["p"], dropout.saved["scaling"]) == (0.25, "train")
    assert total.saved == {"axis": 1, "keepdims": False}


def test_arguments_are_the_backward_functions_names_for_the_parents():
    def both(grad, x, y):
        return grad, grad

    def some(grad, x, *rest):
        return grad, grad

    one, other = (td.Tensor(np.array(values), requires_grad=True) for values in ([1.0], [2.0]))
    for backward, names in [(both, ("x", "y")), (some, ())]:
        recorded = record_loss(lambda: record(one.data + other.data, (one, other), backward))  # noqa: B023 (called immediately)
        assert recorded.nodes[-1].arguments == names


def tripled(grad, x):
    """A backward function that is not named after its forward."""
    return (3 * grad,)


def test_a_backward_function_is_not_its_own_forward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    node = record_loss(lambda: record(x.data * 3, (x,), tripled)).nodes[-1]
    assert (node.operation, node.forward) == ("tripled", None)


def test_saved_values_without_a_name_are_numbered():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: record(x.data * 5, (x,), lambda grad, *rest: (grad * rest[1],), (5.0, "unit")))
    assert recorded.nodes[-1].saved == {"saved 0": 5.0, "saved 1": "unit"}


class Doubling:
    """An operation whose backward is a method."""

    def backward(self, grad, x, factor):
        return (grad * factor,)

    def __call__(self, x: td.Tensor) -> td.Tensor:
        return record(x.data * 2, (x,), self.backward, (2.0,))


def test_saved_values_of_a_method_are_named_after_its_arguments():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: Doubling()(x))
    assert recorded.nodes[-1].saved == {"factor": 2.0}


SHARED = [((2, 3, 4, 5), (2, 3), (2, 3)), ((4, 3), 0, (0,)), ((4, 3), (), ()), ((1, 3), 0, ())]


@pytest.mark.parametrize(("shape", "shared", "seen"), SHARED)
def test_the_axes_along_which_a_mask_is_shared_are_found(shape, shared, seen):
    x = td.Tensor(np.ones(shape), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5, shared_axes=shared).sum())
    (dropout,) = [node for node in recorded.nodes if node.operation == "dropout"]
    assert dropout.shared_axes == seen


# Source lines and layers ----------------------------------------------------------------------------------------------


def line_of(text: str) -> int:
    """Return the number of the first line in this file that contains `text`."""
    return 1 + next(
        n for n, line in enumerate(inspect.getsource(inspect.getmodule(line_of)).splitlines()) if text in line
    )


def test_operations_have_the_line_that_called_them_and_the_pass_has_the_line_of_backward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    with study.record() as replay:
        out = x.tanh()  # the forward call
        out.backward()  # the backward call
    (recorded,) = replay.passes
    source_line = recorded.nodes[-1].source_line
    assert (source_line.file, source_line.line) == (__file__, line_of("# the forward call"))
    assert source_line.code == "out = x.tanh()  # the forward call"
    assert (recorded.source_line.line, recorded.source_line.file) == (line_of("# the backward call"), __file__)
    assert recorded.source_line.code == "out.backward()  # the backward call"
    assert source_line.module == ""
    assert recorded.nodes[0].source_line is None


def test_an_operation_outside_the_recording_has_no_source_line():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    before = x.tanh()
    recorded = record_loss(lambda: before * 2)
    assert [node.source_line is None for node in recorded.nodes if node.operation] == [True, False]


class Block(nn.Module):
    """A module with an operation of its own and a child."""

    def __init__(self, inner: nn.Module) -> None:
        self.inner = inner

    def forward(self, x):
        return self.inner(x) + x.tanh()


def test_an_operation_has_the_layer_that_called_it():
    model = nn.Sequential(Block(nn.Sequential(nn.Dropout(0.5), nn.ReLU())), nn.Linear(2, 2))
    x = td.Tensor(np.ones((1, 2), dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: model(x).sum())
    modules = {node.operation: node.source_line.module for node in recorded.nodes if node.source_line}
    assert modules == {
        "dropout": "0.inner.0 Dropout(p=0.5)",
        "relu": "0.inner.1 ReLU()",
        "tanh": "0 Block",
        "add": "0 Block",
        "linear": "1 Linear(2 -> 2)",
        "sum": "",
    }


def test_a_layer_outside_a_model_has_no_key():
    layer = nn.Dropout(0.5)
    x = td.Tensor(np.ones((1, 2)), requires_grad=True)
    recorded = record_loss(lambda: layer(x))
    assert recorded.nodes[-1].source_line.module == "Dropout(p=0.5)"


def test_a_layer_that_its_caller_does_not_own_has_a_question_mark_as_its_key():
    foreign = nn.ReLU()

    class Borrows(nn.Module):
        def forward(self, x):
            return foreign(x)

    x = td.Tensor(np.ones((1, 2)), requires_grad=True)
    model = nn.Sequential(Borrows())
    recorded = record_loss(lambda: model(x))
    assert recorded.nodes[-1].source_line.module == "0.? ReLU()"


# Broadcasting is undone -----------------------------------------------------------------------------------------------

BROADCAST = [
    ("add", (32, 10), (10,), (), (0,)),
    ("add", (10,), (32, 10), (0,), ()),
    ("multiply", (3, 1), (1, 4), (1,), (0,)),
    ("add", (2, 3), (), (), (0, 1)),
    ("multiply", (), (2, 1, 3), (0, 1, 2), ()),
    ("add", (4, 1, 3), (2, 1), (1,), (0, 2)),
    ("multiply", (2, 3), (2, 3), (), ()),
    ("add", (1, 1), (1,), (), (0,)),
]


@pytest.mark.parametrize(("operation", "left", "right", "summed_left", "summed_right"), BROADCAST)
def test_a_contribution_has_the_summed_axes_and_the_returned_array(operation, left, right, summed_left, summed_right):
    rng = np.random.default_rng(5)
    x, y = (td.Tensor(rng.normal(size=shape), requires_grad=True) for shape in (left, right))
    upstream = rng.normal(size=np.broadcast_shapes(left, right))
    with study.record() as replay:
        out = getattr(F, operation)(x, y)
        out.backward(upstream)
    (step,) = replay.passes[0].steps
    for contribution, tensor, summed in zip(step.contributions, (x, y), (summed_left, summed_right), strict=True):
        assert contribution.summed == summed
        assert contribution.returned.shape == upstream.shape
        total = contribution.returned.sum(axis=summed, keepdims=False).reshape(tensor.shape)
        np.testing.assert_allclose(contribution.value, total, rtol=1e-12)
        assert same_bits(contribution.value, tensor.grad)


def test_a_contribution_has_its_parents_dtype():
    x = td.Tensor(np.array([1.0, 2.0], dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: (x * td.Tensor(np.array([3.0, 4.0]))).sum())
    (cast,) = recorded.steps[2].contributions  # x is cast to float64
    assert [cast.returned.dtype, cast.value.dtype] == [np.float64, np.float32]


def test_a_parent_that_requires_no_gradient_gets_none():
    x, y = td.Tensor(np.array([1.0]), requires_grad=True), td.Tensor(np.array([3.0]))
    recorded = record_loss(lambda: x + y)
    left, right = recorded.steps[0].contributions
    np.testing.assert_array_equal(left.value, [1])
    assert (right.returned, right.value, right.before, right.after, right.summed) == (None, None, None, None, ())
