"""record() and its Replay: what is refused and how it is said, several passes, and print."""

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
from tinygrad_dropout.study.variants import variants
from tinygrad_dropout.study.wrong_run import with_bug


def leaf(*values: float) -> td.Tensor:
    return td.Tensor(np.array(values), requires_grad=True)


# What is recorded -----------------------------------------------------------------------------------------------------


def test_a_replay_is_filled_when_its_context_ends():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
        assert replay.passes == []
        assert str(replay) == "nothing is recorded yet: leave the `with study.record()` block first"
        assert repr(replay) == "Replay(passes=0, steps=0)"
    assert [len(recorded.steps) for recorded in replay.passes] == [2]


def test_what_runs_after_the_context_is_not_recorded():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
    (x * 4).sum().backward()
    assert len(replay.passes) == 1
    assert current_mode.get().watchers == ()


def test_the_forward_pass_may_have_run_before():
    x = leaf(1.0, 2.0)
    loss = (x * 3).sum()
    with study.record() as replay:
        loss.backward()
    assert [value.source_line for value in replay.passes[0].nodes] == [None] * 4
    assert "step 2 of 2   multiply = multiply(x, 3)" in str(replay)


def test_two_passes_are_printed_one_under_the_other():
    x = leaf(1.0, 2.0)
    with study.record() as replay:
        (x * 3).sum().backward()
        x.tanh().mean().backward()
    text = str(replay)
    assert text.count("backward pass from") == 2
    assert text.index("from sum") < text.index("from mean")
    assert repr(replay) == "Replay(passes=2, steps=2, 2)"


def test_recordings_within_each_other_record_the_same():
    x = leaf(1.0, 2.0)
    with study.record() as outer:
        (x * 3).sum().backward()
        with study.record() as inner:
            x.tanh().sum().backward()
    assert [len(outer.passes), len(inner.passes)] == [2, 1]
    for one, other in zip(outer.passes[1].steps, inner.passes[0].steps, strict=True):
        assert same_bits(one.upstream, other.upstream)
    assert inner.passes[0].number == 1


def test_what_is_done_again_to_be_shown_is_not_recorded_outside():
    x = leaf(1.0, -2.0)
    with study.record() as outer:
        with study.record(bug="relu-ignored") as inner:
            x.relu().sum().backward()
        assert "with the bug" in str(inner)
        central_differences(inner.passes[0], [(0, 0)])
    assert len(outer.passes) == 1


def test_a_context_that_is_entered_again_records_what_runs_then():
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


def test_the_graph_is_let_go_of_when_the_context_ends():
    """A Replay holds only copies, and so does the context that gave it."""
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
    words = r"^study\.record: expected a backward\(\) inside, of a result that operations made; none ran there$"
    with pytest.raises(StudyError, match=words), study.record():
        leaf(1.0) * 2


def test_backward_of_a_leaf_is_nothing_to_be_shown():
    x = leaf(1.0)
    with (
        pytest.raises(StudyError, match=r"expected a backward\(\) inside, of a result that operations made"),
        study.record(),
    ):
        x.backward()
    np.testing.assert_array_equal(x.grad, [1])


def test_a_graph_with_too_many_operations_is_refused_with_both_numbers_and_its_gradients_are_right():
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


def test_the_largest_graph_can_be_chosen():
    x = leaf(1.0)
    with study.record(max_nodes=3) as replay:
        x.tanh().exp().sum().backward()
    assert len(replay.passes[0].steps) == 3
    with pytest.raises(StudyError, match=r"at most 2 operations, got 3;"), study.record(max_nodes=2):
        x.tanh().exp().sum().backward()


def test_of_several_graphs_those_that_are_small_enough_are_shown():
    x = leaf(1.0)
    with study.record(max_nodes=2) as replay:
        x.tanh().exp().sum().backward()
        x.tanh().sum().backward()
    assert [recorded.number for recorded in replay.passes] == [2]


def test_a_freed_graph_is_the_engines_error():
    loss = (leaf(1.0, 2.0) * 2).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match=r"^backward: this graph, or a part of it, was freed"), study.record():
        loss.backward()


def test_a_tensor_without_gradients_is_the_engines_error():
    with (
        pytest.raises(RuntimeError, match=r"^backward: expected a Tensor made from one with requires_grad"),
        study.record(),
    ):
        (td.Tensor([1.0]) * 2).backward()


def test_an_exception_of_ones_own_comes_through_and_the_context_ends():
    class Mine(Exception):
        pass

    with pytest.raises(Mine) as caught, study.record():
        raise Mine
    assert caught.value.__context__ is None
    assert current_mode.get().watchers == ()


def test_what_ran_before_an_exception_is_kept():
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


def test_a_bug_in_an_operation_that_the_pass_does_not_have_is_refused_when_the_context_ends():
    x = leaf(1.0)
    words = r"bug relu-ignored: expected a backward pass that goes through relu, got one through multiply, sum"
    with pytest.raises(StudyError, match=words), study.record(bug="relu-ignored"):
        (x * 2).sum().backward()
    np.testing.assert_array_equal(x.grad, [2])


def failing(x):
    return record(x.data * 1, (x,), failing_backward)


def failing_backward(grad, x):
    """dL/dx: raises."""
    raise ValueError("as told")


def test_a_backward_function_that_raises_is_heard():
    with pytest.raises(ValueError, match="as told"), study.record():
        failing(leaf(1.0)).sum().backward()


def test_a_backward_that_failed_inside_can_be_printed_as_far_as_it_came():
    x = leaf(1.0, 2.0)
    with study.record() as replay, pytest.raises(ValueError, match="as told"):
        failing(x).sum().backward()
    assert "step 1 of 2   sum = sum(failing)" in str(replay)
    assert "gives      nothing: its backward function raised" in str(replay)


def test_a_wrong_answer_is_the_engines_error():
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


# The network is left alone --------------------------------------------------------------------------------------------


def checkpointed(x, function):
    """function(x), which is computed again in backward so that its graph need not be kept until then."""
    with td.no_grad():
        out = function(x)
    return record(out.data, (x,), checkpointed_backward, (function,))


def checkpointed_backward(grad, x, function):
    """dL/dx: that of the function, run again; the weights in it get their gradients there."""
    again = td.Tensor(x.data, requires_grad=True)
    function(again).backward(grad)
    return (again.grad,)


STUDIES = {
    "print": str,
    "paths": lambda replay: Paths(Derivatives(replay.passes[0])),
    "differences": lambda replay: central_differences(replay.passes[0], [(0, 0)]),
    "variants": lambda replay: variants(replay.passes[0]),
    "a bug": lambda replay: with_bug(replay.passes[0], BUGS["relu-ignored"]),
}


@pytest.mark.parametrize("look", STUDIES.values(), ids=STUDIES.keys())
def test_a_backward_function_that_calls_backward_leaves_no_second_gradient(look):
    """What is looked at is run again; the weights' gradients stay those of the pass."""
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
    assert text.startswith(f"bug: relu-ignored ({BUGS['relu-ignored'].says})\nthe first step that differs is step 3; ")
    assert "── the right one" in text
    assert "── with the bug" in text
    np.testing.assert_array_equal(replay.wrong(replay.passes[0]).gradients()[0], [3, 3])


def test_a_bug_that_changes_nothing_says_so():
    x = leaf(1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
    assert "in this pass it changes nothing" in str(replay)


def test_a_bug_of_ones_own_goes_by_the_name_of_its_function():
    def sign_lost(grad, x, out):
        """dL/dx = -grad"""
        return (-grad,)

    x = leaf(1.0, 2.0)
    with study.record(bug=Bug("relu", sign_lost, "the sign is lost")) as replay:
        x.relu().sum().backward()
    assert str(replay).startswith("bug: sign-lost (the sign is lost)")
    assert "rule       dL/dx = -grad" in str(replay)


def test_with_a_bug_every_pass_that_it_concerns_is_printed():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
        (x.relu() * 3).sum().backward()
    assert str(replay).count("the first step that differs") == 2


def test_with_a_bug_a_second_pass_that_it_does_not_concern_can_be_printed():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
        x.tanh().sum().backward()
    assert "the first step that differs is step 2" in str(replay)


def test_a_bug_need_not_concern_the_first_pass():
    x = leaf(-1.0, 2.0)
    with study.record(bug="relu-ignored") as replay:
        x.tanh().sum().backward()
        x.relu().sum().backward()
    assert "the first step that differs is step 2" in str(replay)


def test_an_empty_replay_can_be_printed():
    assert "nothing is recorded yet" in str(Replay([]))
    assert repr(Replay([])) == "Replay(passes=0, steps=0)"


def test_the_bug_is_not_looked_for_where_the_context_ends_by_an_exception():
    x = leaf(1.0)

    def train() -> None:
        F.tanh(x).backward()
        raise KeyError

    with pytest.raises(KeyError), study.record(bug="relu-ignored"):
        train()
