"""record() and its Replay: error messages, several passes, and print."""

import threading
import weakref
from contextlib import suppress

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.grad_mode import current_mode
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study import BUGS, Bug, Replay, StudyError
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.differences import central_differences
from tinygrad_dropout.study.paths import Paths
from tinygrad_dropout.study.variants import run_variants
from tinygrad_dropout.study.wrong_run import run_with_bug


def leaf(*values: float) -> td.Tensor:
    return td.Tensor(np.array(values), requires_grad=True)


# What is recorded -----------------------------------------------------------------------------------------------------


def test_a_replay_is_filled_when_the_with_block_ends():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
        assert replay.passes == []
        assert (
            str(replay)
            == "nothing is recorded yet: the recording is ready when the `with study.record()` block has ended"
        )
        assert repr(replay) == "Replay(passes=0, steps=0)"
    assert [len(recorded.steps) for recorded in replay.passes] == [2]


def test_a_pass_after_the_with_block_is_not_recorded():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
    (x * 4).sum().backward()
    assert len(replay.passes) == 1
    assert current_mode.get().watchers == ()


def test_the_forward_pass_can_run_before_the_with_block():
    x = leaf(1.0, 2.0)
    loss = (x * 3).sum()
    with study.record() as replay:
        loss.backward()
    assert [node.source_line for node in replay.passes[0].nodes] == [None] * 4
    assert "step 2 of 2   multiply = multiply(x, 3)" in str(replay)


def test_two_passes_are_printed_one_after_the_other():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
        x.tanh().mean().backward()
    text = str(replay)
    assert text.count("backward pass from") == 2
    assert text.index("from sum") < text.index("from mean")
    assert repr(replay) == "Replay(passes=2, steps=2, 2)"


def test_nested_recordings_record_the_same_pass():
    x = leaf(1.0, 2.0)
    with study.record() as outer:
        (x * 3).sum().backward()
        with study.record() as inner:
            x.tanh().sum().backward()
    assert [len(outer.passes), len(inner.passes)] == [2, 1]
    for one, other in zip(outer.passes[1].steps, inner.passes[0].steps, strict=True):
        assert same_bits(one.upstream, other.upstream)
    assert inner.passes[0].number == 1


def test_reruns_are_not_recorded_by_an_outer_recording():
    x = leaf(1.0, -2.0)
    with study.record() as outer:
        with study.record(bug="relu-ignored") as inner:
            x.relu().sum().backward()
        assert "with the bug" in str(inner)
        central_differences(inner.passes[0], [(0, 0)])
    assert len(outer.passes) == 1


def test_a_recording_can_be_entered_again():
    x = leaf(1.0, 2.0)
    recording = study.record()
    with recording:
        (x * 3).sum().backward()
    with recording as replay:
        x.tanh().mean().backward()
    operations = [recorded.nodes[-1].operation for recorded in replay.passes]
    assert operations in (["mean"], ["sum", "mean"])


def test_another_thread_is_not_recorded():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)

    def elsewhere() -> None:
        (y * 3).sum().backward()

    with study.record() as replay:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        x.tanh().sum().backward()
    assert [recorded.nodes[0].name for recorded in replay.passes] == ["x"]
    np.testing.assert_array_equal(y.grad, [3, 3])


def test_the_graph_is_freed_when_the_with_block_ends():
    """A Replay and its context manager only hold copies."""
    arrays = []

    def train() -> td.Tensor:
        hidden = leaf(1.0, 2.0).tanh()
        arrays.append(weakref.ref(hidden.data))
        return hidden.sum()

    recording = study.record()
    with recording as replay:
        train().backward(retain_graph=True)
        assert arrays[0]() is not None  # it watches still
    assert arrays[0]() is None
    assert len(replay.passes) == 1


# What is refused ------------------------------------------------------------------------------------------------------


def test_a_recording_without_backward_is_refused():
    words = r"^study\.record: expected a call of backward\(\) inside the `with` block, .*; none ran there$"
    with pytest.raises(StudyError, match=words), study.record():
        leaf(1.0) * 2


def test_backward_of_a_leaf_is_refused():
    x = leaf(1.0)
    with (
        pytest.raises(
            StudyError, match=r"expected a call of backward\(\) inside the `with` block, on a result of operations"
        ),
        study.record(),
    ):
        x.backward()
    np.testing.assert_array_equal(x.grad, [1])


def test_a_graph_with_too_many_operations_is_refused_but_gets_its_gradients():
    x = leaf(1.0)
    words = r"expected a graph of at most 300 operations, got 1,001; record a smaller network .*max_nodes="

    def loss() -> td.Tensor:
        y = x
        for _ in range(1000):
            y = y * 1.0
        return y.sum()

    with pytest.raises(StudyError, match=words), study.record():
        loss().backward()
    np.testing.assert_array_equal(x.grad, [1])


def test_max_nodes_limits_the_size_of_a_graph():
    x = leaf(1.0)
    with study.record(max_nodes=3) as replay:
        x.tanh().exp().sum().backward()
    assert len(replay.passes[0].steps) == 3
    with pytest.raises(StudyError, match=r"at most 2 operations, got 3;"), study.record(max_nodes=2):
        x.tanh().exp().sum().backward()


def test_graphs_that_are_small_enough_are_shown():
    x = leaf(1.0)
    with study.record(max_nodes=2) as replay:
        x.tanh().exp().sum().backward()
        x.tanh().sum().backward()
    assert [recorded.number for recorded in replay.passes] == [2]


def test_a_freed_graph_raises_the_engines_error():
    loss = (leaf(1.0, 2.0) * 2).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match=r"^backward: this graph, or a part of it, was freed"), study.record():
        loss.backward()


def test_a_tensor_that_requires_no_gradient_raises_the_engines_error():
    with (
        pytest.raises(RuntimeError, match=r"^backward: expected a Tensor made from one with requires_grad"),
        study.record(),
    ):
        (td.Tensor([1.0]) * 2).backward()


def test_an_exception_in_the_with_block_is_not_changed():
    class Mine(Exception):
        pass

    with pytest.raises(Mine) as caught, study.record():
        raise Mine
    assert caught.value.__context__ is None
    assert current_mode.get().watchers == ()


def test_passes_before_an_exception_are_kept():
    x = leaf(1.0, 2.0)

    def train() -> None:
        (x * 3).sum().backward()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), study.record() as replay:
        train()
    assert len(replay.passes) == 1
    assert "2 steps" in str(replay)


def test_an_unknown_bug_is_refused():
    with (
        pytest.raises(StudyError, match=r'bug: expected one of .*; got "no-such-bug"'),
        study.record(bug="no-such-bug"),
    ):
        (leaf(1.0) * 2).sum().backward()


def test_a_bug_in_an_operation_that_did_not_run_is_refused_when_the_with_block_ends():
    x = leaf(1.0)
    words = r"bug relu-ignored: expected a backward pass that goes through relu, got one through multiply, sum"
    with pytest.raises(StudyError, match=words), study.record(bug="relu-ignored"):
        (x * 2).sum().backward()
    np.testing.assert_array_equal(x.grad, [2])


def failing(x):
    return record(x.data * 1, (x,), failing_backward)


def failing_backward(grad, x):
    """dL/dx: raises."""
    raise ValueError("on purpose")


def test_the_error_of_a_backward_function_is_not_hidden():
    with pytest.raises(ValueError, match="on purpose"), study.record():
        failing(leaf(1.0)).sum().backward()


def test_a_backward_that_failed_can_be_printed_up_to_the_failure():
    x = leaf(1.0, 2.0)
    with study.record() as replay, pytest.raises(ValueError, match="on purpose"):
        failing(x).sum().backward()
    assert "step 1 of 2   sum = sum(failing)" in str(replay)
    assert "gives      nothing: its backward function raised" in str(replay)


def test_a_wrong_result_of_a_backward_function_raises_the_engines_error():
    x = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match=r"expected a tuple of 1"), study.record():
        record(x.data * 1, (x,), lambda grad, x: grad).sum().backward()


def test_every_message_is_one_line():
    x = leaf(1.0)
    for options, build in [({}, lambda: None), ({"bug": "relu-ignored"}, (x * 2).backward), ({"bug": "typo"}, None)]:
        with pytest.raises(StudyError) as caught, study.record(**options):
            build()
        assert "\n" not in str(caught.value)


def test_a_study_error_is_a_value_error():
    assert issubclass(StudyError, ValueError)


# The network is not changed -------------------------------------------------------------------------------------------


def checkpointed(x, function):
    """Compute function(x), and recompute it in backward, so its graph need not be kept until then."""
    with td.no_grad():
        out = function(x)
    return record(out.data, (x,), checkpointed_backward, (function,))


def checkpointed_backward(grad, x, function):
    """dL/dx, by rerunning the function, which also gives its weights their gradients."""
    again = td.Tensor(x.data, requires_grad=True)
    function(again).backward(grad)
    return (again.grad,)


STUDIES = {
    "print": str,
    "paths": lambda replay: Paths(Derivatives(replay.passes[0])),
    "differences": lambda replay: central_differences(replay.passes[0], [(0, 0)]),
    "variants": lambda replay: run_variants(replay.passes[0]),
    "a bug": lambda replay: run_with_bug(replay.passes[0], BUGS["relu-ignored"]),
}


@pytest.mark.parametrize("look", STUDIES.values(), ids=STUDIES.keys())
def test_a_rerun_adds_nothing_if_a_backward_function_calls_backward(look):
    """Most views rerun the pass, and the weights keep the gradients of the recorded pass."""
    w, x = leaf(2.0, 3.0), leaf(1.0, 1.0)
    with study.record() as replay:
        F.dropout(checkpointed(x, lambda y: y * w).relu(), 0.5, mask=np.array([True, True])).sum().backward()
    np.testing.assert_array_equal(w.grad, [2, 2])
    with suppress(StudyError):
        look(replay)
    np.testing.assert_array_equal(w.grad, [2, 2])


# With a bug -----------------------------------------------------------------------------------------------------------


def test_with_a_bug_the_pass_is_printed_at_the_first_step_that_differs():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        (x.relu() * 3).sum().backward()
    np.testing.assert_array_equal(x.grad, [0, 3])
    text = str(replay)
    assert text.startswith(
        f"bug: relu-ignored ({BUGS['relu-ignored'].description})\nthe first step that differs is step 3; "
    )
    assert "── without the bug" in text
    assert "── with the bug" in text
    np.testing.assert_array_equal(replay.rerun_with_bug(replay.passes[0]).gradients()[0], [3, 3])


def test_a_bug_that_changes_nothing_says_so():
    x = leaf(1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
    assert "it changes nothing in this pass" in str(replay)


def test_a_bug_of_your_own_is_named_after_its_function():
    def sign_lost(grad, x, out):
        """dL/dx = -grad"""
        return (-grad,)

    x = leaf(1.0, 2.0)
    with study.record(bug=Bug("relu", sign_lost, "the sign is lost")) as replay:
        x.relu().sum().backward()
    assert str(replay).startswith("bug: sign-lost (the sign is lost)")
    assert "rule       dL/dx = -grad" in str(replay)


def test_with_a_bug_every_pass_that_it_applies_to_is_printed():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
        (x.relu() * 3).sum().backward()
    assert str(replay).count("the first step that differs") == 2


def test_a_bug_need_not_apply_to_the_second_pass():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
        x.tanh().sum().backward()
    assert "the first step that differs is step 2" in str(replay)


def test_a_bug_need_not_apply_to_the_first_pass():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.tanh().sum().backward()
        x.relu().sum().backward()
    assert "the first step that differs is step 2" in str(replay)


def test_an_empty_replay_can_be_printed():
    assert "nothing is recorded yet" in str(Replay([]))
    assert repr(Replay([])) == "Replay(passes=0, steps=0)"


def test_the_bug_is_not_checked_after_an_exception():
    x = leaf(1.0)

    def train() -> None:
        F.tanh(x).backward()
        raise KeyError

    with pytest.raises(KeyError), study.record(bug="relu-ignored"):
        train()
