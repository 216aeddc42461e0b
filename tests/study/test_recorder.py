"""The recorder: it copies what every step gets and gives, in the order of the engine, and changes no bit of it."""

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


def test_a_network_gets_the_same_bits_recorded_or_not():
    watched, alone = network(), network()
    td.manual_seed(7)
    for _ in range(2):  # the second adds to the .grad of the first
        with study.record():
            train_step(watched)
    after = generator_state()
    td.manual_seed(7)
    for _ in range(2):
        train_step(alone)
    assert generator_state() == after
    for recorded, plain in zip(watched.parameters(), alone.parameters(), strict=True):
        assert same_bits(recorded.grad, plain.grad)


@often
@given(program=programs())
def test_any_graph_gets_the_same_bits_recorded_or_not(program):
    _, watched = record_program(program)
    alone = program.build()
    program.backward(alone[-1])
    for recorded, plain in zip(watched, alone, strict=True):
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


def test_a_grad_that_was_read_before_keeps_its_values():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    (w * 3).sum().backward()
    read = w.grad
    with study.record() as replay:
        (w * 5).sum().backward()
    np.testing.assert_array_equal(read, [3, 3])
    np.testing.assert_array_equal(w.grad, [8, 8])
    (before,) = [value.grad_before for value in replay.passes[0].nodes if value.name == "w"]
    np.testing.assert_array_equal(before, [3, 3])


def test_an_upstream_gradient_is_what_came_in_though_the_backward_function_overwrites_it():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * 7).sum())
    np.testing.assert_array_equal(recorded.steps[1].upstream, [1, 1])
    np.testing.assert_array_equal(recorded.steps[1].contributions[0].value, [7, 7])


# The recording is a copy ----------------------------------------------------------------------------------------------


def test_what_becomes_of_the_network_changes_nothing_in_the_recording():
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
    held = [array for value in values for array in (value.data, value._grad) if array is not None]
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
    (index,) = [value.saved["index"] for value in recorded.nodes if value.operation == "getitem"]
    np.testing.assert_array_equal(index, [0, 0, 2])


def test_what_cannot_be_copied_is_no_obstacle():
    """A result (whose graph copy() refuses), a lock."""
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
    """Watches the engine, and keeps copies of what it was told."""

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
def test_the_steps_are_those_of_the_engine_in_its_order(program):
    listener = Listener()
    with ModeContext(watcher=listener):
        recorded, values = record_program(program)
    place_of = {value._number: place for place, value in enumerate(values)}
    places = [place_of.get(number) for number in listener.numbers]
    assert len(recorded.steps) == len(listener.numbers)
    in_order = sorted(listener.numbers)
    graph_order = sorted(step.node for step in recorded.steps)
    assert [graph_order.index(step.node) for step in recorded.steps] == [
        in_order.index(number) for number in listener.numbers
    ]
    for step, place, upstream, returned in zip(
        recorded.steps, places, listener.upstream, listener.returned, strict=True
    ):
        node = recorded.nodes[step.node]
        assert place is None or same_bits(node.data, values[place].data)
        assert same_bits(step.upstream, upstream)
        for contribution, answer in zip(step.contributions, returned, strict=True):
            asks = recorded.nodes[contribution.parent].requires_grad
            assert (contribution.returned is None) == (answer is None or not asks)
            assert contribution.returned is None or same_bits(contribution.returned, np.asarray(answer))


@often
@given(program=programs())
def test_the_contributions_of_all_steps_add_up_to_the_gradients(program):
    recorded, values = record_program(program)
    leaves = {value.data.tobytes(): value for value in values if value.is_leaf and value.requires_grad}
    sums: dict[int, np.ndarray] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            if contribution.value is not None:
                so_far = sums.get(contribution.parent, np.zeros(contribution.value.shape))
                sums[contribution.parent] = so_far + contribution.value
    found = 0
    for place, total in sums.items():
        value = recorded.nodes[place]
        if not value.operation:
            np.testing.assert_allclose(total, leaves[value.data.tobytes()].grad, rtol=1e-12, atol=1e-14)
            found += 1
    assert found == sum(leaf.grad is not None for leaf in leaves.values()) > 0


@often
@given(program=programs())
def test_before_and_contributions_are_after_and_after_is_the_grad(program):
    values = program.build()
    rng = np.random.default_rng(program.seed)
    for value in values:
        if value.is_leaf and value.requires_grad:
            value.grad = rng.normal(size=value.shape)
    earlier = [None if value._grad is None else value._grad.copy() for value in values]
    with study.record() as replay:
        program.backward(values[-1])
    (recorded,) = replay.passes
    sums: dict[int, np.ndarray | None] = {place: value.grad_before for place, value in enumerate(recorded.nodes)}
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
    for place, value in enumerate(recorded.nodes):
        if value.requires_grad and not value.operation:
            (index,) = [i for i, tensor in enumerate(values) if tensor.is_leaf and same_bits(tensor.data, value.data)]
            assert same_bits(value.grad_before, earlier[index])
            assert same_bits(sums[place], values[index].grad)


def test_a_node_that_nobody_answers_takes_no_step():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        silent = x * 2
        return (stopped(silent) + x.tanh()).sum()

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "tanh", "stopped"]
    assert next(value.operation for value in recorded.nodes if value.operation) == "multiply"
    (answer,) = recorded.steps[-1].contributions
    assert (answer.returned, answer.value, answer.before, answer.after) == (None,) * 4
    np.testing.assert_allclose(recorded.gradients()[0], x.grad)


def test_a_node_that_nobody_answers_does_not_end_the_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        answered = x.tanh()
        return (stopped(x * 2) + answered).sum()  # the multiply is younger than the tanh, and never runs

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "stopped", "tanh"]


def test_where_nothing_is_given_the_gradient_stays_what_it_was():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    x.grad = np.array([5.0, 6.0])
    recorded = record_loss(lambda: (x.tanh() + stopped(x)).sum())
    (answer,) = recorded.steps[2].contributions
    assert (answer.returned, answer.value) == (None, None)
    np.testing.assert_array_equal(answer.before, [5, 6])
    np.testing.assert_array_equal(answer.after, [5, 6])


# Who waits ------------------------------------------------------------------------------------------------------------


def waiting_for(recorded, name: str) -> list[int]:
    """How many consumers are still to come, for each contribution to the value of that name."""
    return [
        contribution.waiting
        for step in recorded.steps
        for contribution in step.contributions
        if recorded.nodes[contribution.parent].name == name
    ]


def test_a_value_waits_for_the_consumers_that_are_still_to_run():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x.tanh() + x.exp() + x * 3).sum())
    assert waiting_for(recorded, "x") == [2, 1, 0]
    assert waiting_for(recorded, "tanh") == [0]


def test_a_consumer_that_takes_a_value_twice_is_one_consumer():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum() + x.exp().sum())
    assert waiting_for(recorded, "x")[0] == 1


@often
@given(program=programs())
def test_the_last_contribution_to_a_value_waits_for_nobody(program):
    recorded, _ = record_program(program)
    waiting: dict[int, list[int]] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            waiting.setdefault(contribution.parent, []).append(contribution.waiting)
    for counts in waiting.values():
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == 0


# Several passes -------------------------------------------------------------------------------------------------------


def test_two_passes_are_two_and_the_second_begins_with_the_grad_of_the_first():
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


def test_a_graph_that_is_kept_can_be_walked_twice():
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
def test_any_graph_can_be_walked_twice(program):
    with study.record() as replay:
        values = program.build()
        program.backward(values[-1], retain_graph=True)
        program.backward(values[-1])
    first, second = replay.passes
    assert [step.node for step in first.steps] == [step.node for step in second.steps]
    assert [len(first.nodes), len(second.nodes)] == [first.root + 1, first.root + 1]


def test_a_second_loss_that_shares_a_part_of_the_graph_is_a_second_pass():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        shared = w.exp()
        one, other = (shared * 2).sum(), shared.mean()
        other.backward(retain_graph=True)
        one.backward()
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert operations == [["mean", "exp"], ["sum", "multiply", "exp"]]


def test_a_pass_from_a_node_that_the_pass_before_left_out_is_a_pass_of_its_own():
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
    raise ValueError("as told")


def test_a_pass_after_one_that_failed_is_a_pass_of_its_own():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        kept, broken = x * 2, failing(x)
        with pytest.raises(ValueError, match="as told"):
            (kept * broken).sum().backward()
        kept.backward(np.ones(2))
    assert replay.passes[-1].nodes[-1].operation == "multiply"
    assert len(replay.passes[-1].steps) == 1


def checkpointed(function, x: td.Tensor) -> td.Tensor:
    """function(x), which is computed again in backward so that its graph need not be kept until then."""
    with td.no_grad():
        out = function(x)
    return record(out.data, (x,), checkpointed_backward, (function,))


def checkpointed_backward(grad, x, function):
    """dL/dx: that of the function, run again."""
    again = td.Tensor(x.data, requires_grad=True)
    function(again).backward(grad)
    return (again.grad,)


def test_a_backward_within_a_backward_function_is_a_pass_of_its_own():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (checkpointed(lambda y: y.exp() * 3, x.tanh()) * 2).sum().backward()
    np.testing.assert_allclose(x.grad, 6 * np.exp(np.tanh([1, 2])) * (1 - np.tanh([1, 2]) ** 2))
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert ["sum", "multiply", "checkpointed", "tanh"] in operations
    assert ["multiply", "exp"] in operations


def test_passes_are_counted_from_1_and_kept_where_it_is_asked_for():
    recorder = Recorder(keep=lambda number: number == 2, max_nodes=10)
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with ModeContext(watcher=recorder):
        for factor in (2, 3, 4):
            (w * factor).sum().backward()
    assert [recorded.number for recorded in recorder.passes] == [1, 2, 3]
    assert [len(recorded.steps) for recorded in recorder.passes] == [0, 2, 0]
    assert [recorded.operations for recorded in recorder.passes] == [2, 2, 2]
    assert [float(recorded.loss) for recorded in recorder.passes] == [6, 9, 12]


def test_of_a_graph_that_is_too_large_the_number_of_operations_is_kept_and_the_loss():
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
def test_values_are_the_graph_with_parents_before_what_was_made_from_them(program):
    recorded, values = record_program(program)
    root = program.build()[-1]  # built again: the engine has freed the graph of the first
    behind, ahead = {root}, [root]
    while ahead:
        new = set(ahead.pop()._parents) - behind
        behind |= new
        ahead += new
    assert sorted(value.data.tobytes() for value in recorded.nodes) == sorted(t.data.tobytes() for t in behind)
    assert recorded.root == len(recorded.nodes) - 1
    assert same_bits(recorded.loss, values[-1].data)
    for place, value in enumerate(recorded.nodes):
        assert all(parent < place for parent in value.parents)
        assert bool(value.operation) == (value.backward is not None) == bool(value.parents)
        if value.operation:
            assert value.requires_grad


def test_a_value_knows_its_operation_and_what_was_saved_for_it():
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


def test_parents_go_by_the_names_that_the_backward_function_gives_each_of_them():
    def both(grad, x, y):
        return grad, grad

    def some(grad, x, *rest):
        return grad, grad

    one, other = (td.Tensor(np.array(values), requires_grad=True) for values in ([1.0], [2.0]))
    for backward, names in [(both, ("x", "y")), (some, ())]:
        recorded = record_loss(lambda: record(one.data + other.data, (one, other), backward))  # noqa: B023 (at once)
        assert recorded.nodes[-1].arguments == names


def tripled(grad, x):
    """A backward function that is not called after its forward."""
    return (3 * grad,)


def test_a_backward_function_is_not_its_own_forward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    value = record_loss(lambda: record(x.data * 3, (x,), tripled)).nodes[-1]
    assert (value.operation, value.forward) == ("tripled", None)


def test_what_a_backward_function_has_no_name_for_is_numbered():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: record(x.data * 5, (x,), lambda grad, *rest: (grad * rest[1],), (5.0, "unit")))
    assert recorded.nodes[-1].saved == {"saved 0": 5.0, "saved 1": "unit"}


class Doubling:
    """An operation whose backward is a method."""

    def backward(self, grad, x, factor):
        return (grad * factor,)

    def __call__(self, x: td.Tensor) -> td.Tensor:
        return record(x.data * 2, (x,), self.backward, (2.0,))


def test_what_is_saved_for_a_method_goes_by_the_names_of_its_arguments():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: Doubling()(x))
    assert recorded.nodes[-1].saved == {"factor": 2.0}


SHARED = [((2, 3, 4, 5), (2, 3), (2, 3)), ((4, 3), 0, (0,)), ((4, 3), (), ()), ((1, 3), 0, ())]


@pytest.mark.parametrize(("shape", "shared", "seen"), SHARED)
def test_the_axes_along_which_a_mask_is_shared_are_seen(shape, shared, seen):
    x = td.Tensor(np.ones(shape), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5, shared_axes=shared).sum())
    (dropout,) = [value for value in recorded.nodes if value.operation == "dropout"]
    assert dropout.shared_axes == seen


# Places ---------------------------------------------------------------------------------------------------------------


def line_of(text: str) -> int:
    """The line of this file on which `text` stands first."""
    return 1 + next(
        n for n, line in enumerate(inspect.getsource(inspect.getmodule(line_of)).splitlines()) if text in line
    )


def test_an_operation_knows_the_line_that_called_it_and_the_pass_the_line_of_backward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    with study.record() as replay:
        out = x.tanh()  # here it is called
        out.backward()  # and here walked back
    (recorded,) = replay.passes
    place = recorded.nodes[-1].source_line
    assert (place.file, place.line) == (__file__, line_of("# here it is called"))
    assert place.code == "out = x.tanh()  # here it is called"
    assert (recorded.source_line.line, recorded.source_line.file) == (line_of("# and here walked back"), __file__)
    assert recorded.source_line.code == "out.backward()  # and here walked back"
    assert place.module == ""
    assert recorded.nodes[0].source_line is None


def test_an_operation_outside_of_the_recording_has_no_place():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    before = x.tanh()
    recorded = record_loss(lambda: before * 2)
    assert [value.source_line is None for value in recorded.nodes if value.operation] == [True, False]


class Block(nn.Module):
    """A module of one's own, with an operation of its own and a child under a key."""

    def __init__(self, inner: nn.Module) -> None:
        self.inner = inner

    def forward(self, x):
        return self.inner(x) + x.tanh()


def test_an_operation_knows_the_layer_that_it_was_called_in():
    model = nn.Sequential(Block(nn.Sequential(nn.Dropout(0.5), nn.ReLU())), nn.Linear(2, 2))
    x = td.Tensor(np.ones((1, 2), dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: model(x).sum())
    modules = {value.operation: value.source_line.module for value in recorded.nodes if value.source_line}
    assert modules == {
        "dropout": "0.inner.0 Dropout(p=0.5)",
        "relu": "0.inner.1 ReLU()",
        "tanh": "0 Block",
        "add": "0 Block",
        "linear": "1 Linear(2 -> 2)",
        "sum": "",
    }


def test_a_layer_by_itself_is_named_without_a_key():
    layer = nn.Dropout(0.5)
    x = td.Tensor(np.ones((1, 2)), requires_grad=True)
    recorded = record_loss(lambda: layer(x))
    assert recorded.nodes[-1].source_line.module == "Dropout(p=0.5)"


def test_a_layer_that_its_caller_does_not_hold_has_a_question_mark_for_a_key():
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
def test_the_axes_that_were_summed_are_told_and_what_was_returned(operation, left, right, summed_left, summed_right):
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


def test_a_contribution_takes_the_dtype_of_its_parent():
    x = td.Tensor(np.array([1.0, 2.0], dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: (x * td.Tensor(np.array([3.0, 4.0]))).sum())
    (cast,) = recorded.steps[2].contributions  # x meets float64
    assert [cast.returned.dtype, cast.value.dtype] == [np.float64, np.float32]


def test_a_parent_that_asks_for_no_gradient_gets_none():
    x, y = td.Tensor(np.array([1.0]), requires_grad=True), td.Tensor(np.array([3.0]))
    recorded = record_loss(lambda: x + y)
    left, right = recorded.steps[0].contributions
    np.testing.assert_array_equal(left.value, [1])
    assert (right.returned, right.value, right.before, right.after, right.summed) == (None, None, None, None, ())
