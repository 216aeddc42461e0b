"""Bug hunts: each network trains in spite of its bug, and a right input is told from one on which the bug hides."""

import re

import numpy as np
import pytest

from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.hunt import BUGS, MOST, Hunt, differ, drawn_from, sigmas_apart, table

ALL = [one for one in exercises() if "_hunt_" in one.slug]


def hunt_of(exercise) -> Hunt:
    return exercise.checks.HUNT


def network_of(exercise, right):
    """What the file of the network defines, with the bug or without."""
    namespace = {"__name__": "network"}
    exec(compile(hunt_of(exercise).source(right), exercise.slug, "exec"), namespace)
    return namespace


def some_input(hunt, rng):
    """A random input of a hunt's network."""
    sizes = {"rows": 5, "reviews": 5, "length": 4}
    given = {"p": 0.3, "training": True}
    for argument in hunt.arguments:
        if argument.shape:
            shape = [sizes.get(size, size) for size in argument.shape]
            below = argument.below
            given[argument.name] = rng.normal(size=shape) if below is None else rng.integers(below, size=shape)
    return given


every_hunt = pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])


@every_hunt
@pytest.mark.parametrize("right", [False, True], ids=["with the bug", "right"])
def test_the_network_trains(exercise, right):
    losses = network_of(exercise, right)["train"]()
    assert np.mean(losses[-30:]) < 0.7 * np.mean(losses[:30])


@every_hunt
def test_the_file_runs_and_prints_a_loss_that_falls(exercise, capsys):
    exec(compile(exercise.starter, exercise.slug, "exec"), {"__name__": "__main__"})
    printed = [float(loss) for loss in re.findall(r"mean loss ([\d.]+)$", capsys.readouterr().out, re.MULTILINE)]
    assert len(printed) == 10
    assert printed[-1] < printed[0]


@every_hunt
def test_the_bug_is_one_line(exercise):
    hunt = hunt_of(exercise)
    assert exercise.starter.count(hunt.planted) == 1
    pairs = zip(hunt.source(False).splitlines(), hunt.source(True).splitlines(), strict=True)
    assert sum(one != other for one, other in pairs) == 1


@every_hunt
def test_the_file_is_of_a_length_that_one_reads(exercise):
    assert 40 <= len(exercise.starter.splitlines()) <= 90


@every_hunt
@pytest.mark.parametrize("training", [True, False])
def test_the_right_network_has_the_right_gradients(exercise, training):
    network = network_of(exercise, right=True)
    rng = np.random.default_rng(1)
    given = {**some_input(hunt_of(exercise), rng), "training": training}
    parameters = {name: value + rng.normal(0, 0.1, value.shape) for name, value in network["new_parameters"]().items()}

    def loss():
        return network["one_step"](parameters, **given, rng=np.random.default_rng(2))

    seen = loss()
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            at = value[index]
            value[index] = at + 1e-6
            above = loss()["loss"]
            value[index] = at - 1e-6
            below = loss()["loss"]
            value[index] = at
            assert seen[f"d_{name}"][index] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-7)


@every_hunt
def test_the_right_network_drops_with_probability_p_and_keeps_the_mean(exercise):
    hunt = hunt_of(exercise)
    runs = hunt.network(True)({**some_input(hunt, np.random.default_rng(3)), "training": False}, 0)
    name = next(name for name in ("dropped", "seen_x", "read", "last", "output1") if name in next(runs))
    plain = next(runs)[name]
    runs = hunt.network(True)({**some_input(hunt, np.random.default_rng(3)), "training": True}, 0)
    if name == "output1":
        return  # two layers of dropout, of which the first changes what the second is given
    if name == "last" or plain.any():
        drawn = np.stack([next(runs)[name] for _ in range(3000)])
        assert (drawn == 0)[:, plain != 0].mean() == pytest.approx(0.3, abs=0.02)
        np.testing.assert_allclose(drawn.mean(axis=0), plain, atol=0.06 * np.abs(plain).max())


@every_hunt
def test_the_task_lists_the_names_and_the_keys(exercise):
    hunt = hunt_of(exercise)
    assert table(hunt.listed) in exercise.task
    assert hunt.bug in hunt.listed
    assert len(hunt.listed) == 8
    assert set(hunt.listed) <= set(BUGS)
    for argument in hunt.arguments:
        assert f"| `{argument.name}` |" in exercise.task
    assert f"from 1 to {MOST}" in exercise.task


@every_hunt
def test_the_input_that_the_task_shows_has_the_right_form_and_hides_the_bug(exercise):
    hunt = hunt_of(exercise)
    example = exercise.task.rpartition("```python")[2].partition("```")[0]
    found = grade(exercise, f"import numpy as np\n\nBUG = {hunt.bug!r}\n{example}")
    assert len(found.right) == 2
    assert found.rejection.kind == "exposing"


@every_hunt
def test_each_other_name_is_refused_with_a_reason(exercise):
    hunt = hunt_of(exercise)
    messages = set()
    for name in hunt.listed:
        if name != hunt.bug:
            source = exercise.solution.replace(f'BUG = "{hunt.bug}"', f'BUG = "{name}"')
            found = grade(exercise, source).rejection
            assert found.code == "names-another-bug"
            assert found.kind == "exposing"
            messages.add(found.message)
    assert len(messages) == 7


@every_hunt
def test_every_reason_why_the_bug_hides_is_met_by_a_wrong_answer(exercise):
    assert {hiding.code for hiding in hunt_of(exercise).hidings} <= {sample.name for sample in exercise.wrong}


def test_the_hunts_are_after_eight_bugs():
    assert len({hunt_of(one).bug for one in ALL}) == len(ALL)


@every_hunt
def test_a_name_is_read_kindly(exercise):
    bug = hunt_of(exercise).bug
    assert grade(exercise, exercise.solution.replace(f'"{bug}"', repr(f" {bug.replace('-', '_').upper()} "))).solved


@every_hunt
def test_an_untouched_network_is_not_needed(exercise):
    filled = exercise.solution + "\n\ndef one_step(*arguments, **named):\n    return {}\n"
    assert grade(exercise, filled).solved


FORMS = [
    ("{}", "input-lacks-an-argument"),
    ("[]", "input-is-no-dict"),
    ("dict(GOOD, p='0.3')", "input-is-no-number"),
    ("dict(GOOD, p=-0.1)", "p-is-wrong"),
    ("dict(GOOD, p=float('nan'))", "input-is-not-finite"),
    ("dict(GOOD, p=[0.3])", "p-is-wrong"),
    ("dict(GOOD, training=None)", "input-is-no-number"),
    ("dict(GOOD, training=0.5)", "training-is-wrong"),
    ("dict(GOOD, training=[True])", "training-is-wrong"),
    ("dict(GOOD, x=None)", "input-is-no-number"),
    ("dict(GOOD, x=[[1, 2], [3]])", "input-is-no-number"),
    ("dict(GOOD, x=[[1j] * 16])", "input-is-no-number"),
    ("dict(GOOD, x=np.ones((16, 2)))", "input-has-the-wrong-shape"),
    ("dict(GOOD, x=np.ones((0, 16)), labels=[])", "input-has-the-wrong-size"),
    ("dict(GOOD, labels=[0.5, 1])", "integer-is-out-of-range"),
    ("dict(GOOD, labels=[-1, 1])", "integer-is-out-of-range"),
    ("dict(GOOD, labels=[1])", "input-has-the-wrong-shape"),
    ("dict(GOOD, seed=3)", "input-has-a-stray-argument"),
    ("dict(GOOD, x=np.full((2, 16), 1e308))", "breaks-the-right-network-too"),
    ("1 / 0", "raises"),
]


@pytest.mark.parametrize(("returned", "code"), FORMS)
def test_what_is_no_input_is_refused_by_name(returned, code):
    exercise = ALL[0]
    source = (
        f"import numpy as np\n\nBUG = {hunt_of(exercise).bug!r}\n"
        "GOOD = dict(x=np.ones((2, 16)), labels=[0, 1], p=0.2, training=True)\n"
        f"def exposing_input():\n    return {returned}\n"
    )
    found = grade(exercise, source).rejection
    assert found.code == code
    assert found.message.endswith(".")


def test_arrays_differ_by_more_than_rounding():
    one = {"loss": np.array(1.0), "d": np.array([1e-14, 3.0])}
    assert not differ({"loss": np.array(1.0), "d": np.array([2e-14, 3.0 + 1e-12])}, one)
    assert differ({"loss": np.array(1.0), "d": np.array([1e-3, 3.0])}, one)
    assert differ({"loss": np.array(np.nan), "d": one["d"]}, one)
    assert not differ(one, {"loss": np.array(np.nan), "d": one["d"]})


def test_means_are_told_apart_by_their_standard_errors():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(400, 3)), rng.normal([0, 0, 1], size=(400, 3))
    apart = sigmas_apart(one, other)
    assert (apart[:2] < 4).all()
    assert apart[2] > 10
    assert (sigmas_apart(np.ones((9, 2)), np.ones((9, 2)) * [1, 2]) > 6).tolist() == [False, True]


def test_rows_that_share_a_mask_are_never_apart():
    drawn = drawn_from("y")
    shared, own = drawn({"y": np.array([[1.0, 0, 2], [3, 0, 4]])}), drawn({"y": np.array([[1.0, 0, 2], [0, 3, 4]])})
    assert shared.tolist() == [1, 0, 2, 3, 0, 4, 2, 0, 0]
    assert own.tolist() == [1, 0, 2, 0, 3, 4, 2, 4, 2]


def test_a_name_is_shown_as_it_was_typed_and_the_nearest_is_proposed():
    exercise = ALL[0]
    source = exercise.solution.replace(f'"{hunt_of(exercise).bug}"', '"Keep_and_drop_swaped"')
    message = grade(exercise, source).rejection.message
    assert message.startswith("BUG is 'Keep_and_drop_swaped'; did you mean keep-and-drop-swapped?")
    other = grade(exercise, exercise.solution.replace(f'"{hunt_of(exercise).bug}"', '"Scale_is_one_over_p"')).rejection
    assert other.code == "names-another-bug"
    assert other.message.startswith("BUG is Scale_is_one_over_p, but")


def test_losses_that_differ_by_chance_are_said_to():
    exercise = next(one for one in ALL if one.number == 28)
    sample = next(sample for sample in exercise.wrong if sample.name == "one-row-hides-it")
    assert dict(grade(exercise, sample.source).rejection.shown)["the difference"].startswith("chance")
