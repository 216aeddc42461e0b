"""A pass as text: each step with its source line, its rule, its numbers, and the derivation of each gradient."""

import inspect
from dataclasses import replace

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import arrays_of, generator_state, record_loss, same_bits, stopped
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.functional._activations import relu_backward
from tinygrad_dropout.functional._dropout import dropout_backward
from tinygrad_dropout.functional._products import matmul_backward
from tinygrad_dropout.study.bugs import BUGS
from tinygrad_dropout.study.text import DEAD, DROPPED, LEGEND, as_text, compare_as_text, short
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.wrong_run import run_with_bug


def leaf(values, name: str | None = None) -> td.Tensor:
    return td.Tensor(np.array(values, dtype=float), requires_grad=True, name=name)


def steps(text: str) -> list[str]:
    """Return the text of each step, without the legend."""
    return text.removesuffix(LEGEND).split("\nstep ")[1:]


def table_below(text: str, head: str) -> list[list[str]]:
    """Return the cells of the table under the line that starts with `head`."""
    lines = text.splitlines()
    (start,) = [number for number, line in enumerate(lines) if line.strip().startswith(head) and line.endswith(":")]
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith(" " * 15):
            break
        rows.append(line.split())
    return rows


# A network ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def network() -> tuple[Pass, str]:
    """Record x @ w, ReLU, dropout, sum, with numbers that are easy to follow by hand."""
    x, w = leaf([[1.0, 2.0], [-3.0, 4.0]], "x"), leaf([[1.0, -1.0], [0.5, 1.0]], "w")
    mask = np.array([[True, False], [True, True]])
    recorded = record_loss(lambda: (F.dropout((x @ w).relu(), 0.5, mask=mask) * np.array([1.0, 10.0])).sum())
    return recorded, as_text(recorded)


def test_the_heading_says_what_was_recorded(network):
    recorded, text = network
    first, second = text.splitlines()[:2]
    assert first == "backward pass from sum = 144, as it ran: 5 steps, 8 tensors"
    assert second.startswith(f"called at graphs.py:{recorded.source_line.line}  _root.backward(")


def test_the_heading_shows_the_shape_of_a_loss_with_many_numbers():
    x = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "x")
    assert as_text(record_loss(lambda: x.tanh())).startswith("backward pass from tanh (2 × 3), as it ran: ")


def test_all_steps_are_shown_in_order_with_their_operations(network):
    _, text = network
    assert [step.splitlines()[0] for step in steps(text)] == [
        "1 of 5   sum = sum(multiply)",
        "2 of 5   multiply = multiply(dropout, input)",
        "3 of 5   dropout = dropout(relu)",
        "4 of 5   relu = relu(matmul)",
        "5 of 5   matmul = matmul(x, w)",
    ]


RULES = [(2, dropout_backward), (3, relu_backward), (4, matmul_backward)]


@pytest.mark.parametrize(("index", "backward"), RULES)
def test_a_step_shows_the_docstring_of_its_backward_function_and_where_it_is(network, index, backward):
    _, text = network
    rule = " ".join(backward.__doc__.strip().partition("\n\n")[0].split())
    file = inspect.getsourcefile(backward).rpartition("/")[2]
    line = inspect.getsourcelines(backward)[1]
    lines = [part.strip() for part in steps(text)[index].splitlines()]
    assert f"rule       {rule}" in lines
    assert f"source     {file}:{line}, {backward.__name__}" in lines


def test_a_step_shows_its_source_line(network):
    recorded, text = network
    source_line = recorded.nodes[-1].source_line
    assert source_line.code.startswith("recorded = record_loss(")
    assert all(f"line       test_text.py:{source_line.line}  {source_line.code}" in step for step in steps(text))


def test_the_layer_is_named_after_the_source_line():
    model = nn.Sequential(nn.ReLU())
    x = leaf([1.0, 2.0], "x")
    text = as_text(record_loss(lambda: model(x).sum()))
    assert steps(text)[1].splitlines()[1].endswith("  in 0 ReLU()")
    assert " in " not in steps(text)[0].splitlines()[1]


def test_an_operation_outside_the_recording_has_no_line():
    hidden = leaf([1.0, 2.0], "x").tanh()
    text = as_text(record_loss(lambda: hidden.sum()))
    assert ["  line " in step for step in steps(text)] == [True, False]


def test_data_and_gradients_are_shown_correctly(network):
    _, text = network
    matmul = steps(text)[4]
    assert table_below(matmul, "forward    matmul (2 × 2)") == [["2", "1"], ["−1", "7"]]
    assert table_below(matmul, "upstream   grad = dL/dmatmul (2 × 2)") == [["2", "0"], ["0", "20"]]
    assert table_below(matmul, "gives      dL/dx (2 × 2)") == [["2", "1"], ["−20", "20"]]
    assert table_below(matmul, "gives      dL/dw (2 × 2)") == [["2", "−60"], ["4", "80"]]
    assert "upstream   grad = dL/dsum = 1" in steps(text)[0]
    assert "forward    sum = 144" in steps(text)[0]


def test_a_dropped_unit_is_crossed_out_forward_and_backward(network):
    _, text = network
    dropout = steps(text)[2]
    assert table_below(dropout, "forward    dropout") == [["4", DROPPED], ["0", "14"]]
    assert table_below(dropout, "saved      mask") == [["1", DROPPED], ["1", "1"]]
    assert table_below(dropout, "upstream   grad = dL/ddropout") == [["1", "10"], ["1", "10"]]
    assert table_below(dropout, "gives      dL/drelu") == [["2", DROPPED], ["2", "20"]]
    assert "kept units × 2\n" in dropout
    assert "saved      p = 0.5" in dropout
    assert "saved      scaling = 'train'" in dropout


def test_a_relu_that_is_off_is_a_ring_forward_and_backward(network):
    _, text = network
    relu = steps(text)[3]
    assert table_below(relu, "forward    relu") == [["2", "1"], ["○", "7"]]
    assert table_below(relu, "gives      dL/dmatmul") == [["2", "0"], ["○", "20"]]
    assert "saved      out" not in relu  # it is the result, which is shown above


def test_the_legend_explains_the_signs(network):
    _, text = network
    assert text.endswith(LEGEND)
    assert f"{DROPPED} dropped" in LEGEND
    assert "○ ReLU off" in LEGEND


def test_a_matrix_product_is_a_row_times_a_column(network):
    _, text = network
    matmul = steps(text)[4].splitlines()
    at = [number for number, line in enumerate(matmul) if " times " in line]
    assert [matmul[number].strip() for number in at] == [
        "(row 1 of dL/dmatmul times row 0 of w)",
        "(column 1 of dL/dmatmul times column 1 of x)",
    ]
    assert matmul[at[0] - 1].strip() == "dL/dx[1, 0] = Σ upstream × y = 0 × 1 + 20 × −1 = −20"
    assert matmul[at[1] - 1].strip() == "dL/dw[1, 1] = Σ upstream × x = 0 × 2 + 20 × 4 = 80"


def test_each_input_is_shown_once(network):
    _, text = network
    matmul = steps(text)[4]
    assert table_below(matmul, "input      x (2 × 2)") == [["1", "2"], ["−3", "4"]]
    assert table_below(matmul, "input      w (2 × 2)") == [["1", "−1"], ["0.5", "1"]]
    x = leaf([3.0], "x")
    text = as_text(record_loss(lambda: x * x))
    assert text.count("input      x") == 1


def test_a_parent_that_requires_no_gradient_is_reported(network):
    _, text = network
    assert "gives      input does not require a gradient" in steps(text)[1]


def test_a_parent_that_gets_none_is_reported():
    x = leaf([1.0, 2.0], "x")
    text = as_text(record_loss(lambda: (stopped(x) + x).sum()))
    (stopping,) = [step for step in steps(text) if "stopped = stopped(x)" in step]
    assert "gives      x gets no gradient from this operation" in stopping


# Sums of products -----------------------------------------------------------------------------------------------------


def test_the_largest_entry_is_worked_out():
    x, y = leaf([1.0, -5.0, 2.0], "x"), leaf([3.0, 4.0, -1.0], "y")
    text = as_text(record_loss(lambda: (x * y * 2).sum()))
    assert "dL/dx[1] = upstream × y = 2 × 4 = 8" in text
    assert "dL/dy[1] = upstream × x = 2 × −5 = −10" in text


def test_a_sum_shows_its_six_largest_products_and_the_total_of_the_others():
    x = leaf(np.array([[1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, 8.0]]), "x")
    b = leaf([0.0], "b")
    text = as_text(record_loss(lambda: (x * b).sum()))
    expected = "dL/db[0] = Σ upstream × x = 1 × 3 + 1 × 4 + 1 × −5 + 1 × 6 + 1 × 7 + 1 × 8 + (2 more: −1) = 22"
    assert expected in text


def test_a_long_line_is_broken_before_the_numbers_and_before_signs():
    x, w = leaf(np.full((6, 2), -1.2345678), "x"), leaf(np.full((2, 9), 0.123456), "w")
    lines = as_text(record_loss(lambda: ((x @ w) * -7.654321).sum())).splitlines()
    (at,) = [number for number, line in enumerate(lines) if "dL/dw[0, 0] = Σ upstream × x" in line]
    assert [line.strip() for line in lines[at : at + 3]] == [
        "dL/dw[0, 0] = Σ upstream × x",
        "= −7.654 × −1.235 − 7.654 × −1.235 − 7.654 × −1.235 − 7.654 × −1.235 − 7.654 × −1.235",
        "− 7.654 × −1.235 = 56.7",
    ]
    assert max(map(len, lines[at : at + 3])) <= 120


def test_a_sum_without_products_is_0():
    x = leaf([1.0, 2.0, 3.0], "x")
    text = as_text(record_loss(lambda: x[[1, 1]].sum() * 0.0))
    assert "dL/dx[0] = 0\n             (this entry was not picked)" in text


def test_a_single_number_has_no_index():
    x = leaf(3.0, "x")
    text = as_text(record_loss(lambda: x * 2))
    assert "dL/dx = upstream × y = 1 × 2 = 2" in text
    assert "gives      dL/dx = 2" in text


# How a gradient adds up -----------------------------------------------------------------------------------------------


def test_a_gradient_accumulates_and_waits_for_the_remaining_consumers():
    x = leaf([1.0, 2.0], "x")
    text = as_text(record_loss(lambda: (x * 1.0 + (x * 2.0 + x * 4.0)).sum()))
    waiting = [line.strip() for line in text.splitlines() if line.strip().startswith("grad")]
    assert waiting[-3:] == [
        "grad: the first contribution; waiting for 2 more consumers",
        "grad[0]: 4 + 2 = 6; waiting for 1 more consumer",
        "grad[0]: 6 + 1 = 7",
    ]
    assert waiting[0] == "grad: the only contribution"


def test_contributions_are_added_to_an_earlier_grad():
    x = leaf([1.0, 2.0], "x")
    x.grad = np.array([50.0, -10.0])
    text = as_text(
        record_loss(lambda: (x * np.array([1.0, 3.0])).sum())
    )  # the entry with the largest contribution is shown
    assert "grad[1]: −10 + 3 = −7 (.grad includes an earlier backward)" in text
    assert "waiting" not in text


def test_the_first_of_two_contributions_from_one_operation_is_not_called_the_only_one():
    x = leaf([3.0], "x")
    text = as_text(record_loss(lambda: (x * x).sum()))
    assert "the only contribution" not in steps(text)[1]
    assert "grad[0]: 3 + 3 = 6" in steps(text)[1]


def test_two_contributions_of_one_operation_to_the_same_tensor_are_told_apart():
    x = leaf([3.0], "x")
    lines = [line.strip() for line in steps(as_text(record_loss(lambda: (x / x).sum())))[1].splitlines()]
    assert [line for line in lines if line.startswith("gives")] == [
        "gives      dL/dx, as x (1):",
        "gives      dL/dx, as y (1):",
    ]


def test_the_sum_that_undoes_broadcasting_is_shown():
    x, b = leaf(np.ones((32, 10)), "x"), leaf(np.ones(10), "b")
    text = as_text(record_loss(lambda: (x + b).sum()))
    (shown,) = [line.strip() for line in text.splitlines() if "summed over" in line]
    assert shown == "summed over axis 0, along which b was stretched: 32 × 10 → 10"
    assert "dL/db[0] = Σ upstream = 1 + 1 + 1 + 1 + 1 + 1 + (26 more: 26) = 32" in text
    assert "(column 0 of dL/dadd times" not in text


def test_several_summed_axes_are_listed():
    x, y = leaf([[1.0], [2.0], [3.0]], "x"), leaf(2.0, "y")
    text = as_text(record_loss(lambda: (x * y).sum()))
    assert "summed over axes 0 and 1, along which y was stretched: 3 × 1 → a number" in text


# Arrays ---------------------------------------------------------------------------------------------------------------


def test_a_large_array_shows_its_range_and_a_corner():
    x = leaf(np.arange(90.0).reshape(9, 10), "x")
    text = as_text(record_loss(lambda: (x * 2).sum()))
    norm = np.linalg.norm(np.arange(90.0) * 2)
    head = f"forward    multiply (9 × 10), min 0, max 178, norm {norm:.4g}, shown: [0:8, 0:8]:"
    assert head in text
    rows = table_below(text, "forward    multiply (9 × 10)")
    assert rows == [[str(2 * (10 * row + column)) for column in range(8)] for row in range(8)]


def test_the_columns_of_a_table_are_aligned():
    x = leaf([[1.0, -200.0], [30.0, 4.0]], "x")
    text = as_text(record_loss(lambda: x.tanh().sum() + (x * 1.0).sum()))
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  forward    multiply"))
    assert lines[at + 1 : at + 3] == [" " * 15 + "   1 −200", " " * 15 + "  30    4"]


def test_an_array_without_elements_says_so():
    x = leaf(np.zeros((0, 3)), "x")
    text = as_text(record_loss(lambda: x.relu().sum()))
    assert "gives      dL/dx (0 × 3):" in text
    assert "no elements" in text


def test_dropped_units_are_crossed_out_in_the_corner_of_a_large_array():
    mask = np.zeros((10, 10), dtype=bool)
    mask[1, 2] = mask[9, 9] = True
    x = leaf(np.ones((10, 10)), "x")
    text = as_text(record_loss(lambda: F.dropout(x, 0.5, mask=mask).sum()))
    rows = table_below(text, "forward    dropout (10 × 10)")
    assert [[cell == DROPPED for cell in row] for row in rows] == (~mask[:8, :8]).tolist()
    assert rows[1][2] == "2"


def test_the_condition_of_where_is_not_shown_as_dropped():
    x, y = leaf([1.0, 2.0], "x"), leaf([3.0, 4.0], "y")
    text = as_text(record_loss(lambda: F.where(np.array([True, False]), x, y).sum()))
    assert table_below(text, "saved      condition") == [["1", "0"]]


def weighed(x, mask):
    """An operation of your own whose saved `mask` is not a dropout mask."""
    return record(x.data * mask, (x,), weighed_backward, (mask,))


def weighed_backward(grad, x, mask):
    """dL/dx = grad * mask"""
    return (grad * mask,)


@pytest.mark.parametrize("mask", [np.array([0.5, 0.0]), np.array([2, 0])], ids=["floats", "integers"])
def test_a_mask_of_numbers_is_shown_as_numbers(mask):
    x = leaf([3.0, 4.0], "x")
    text = as_text(record_loss(lambda: weighed(x, mask).sum()))
    assert table_below(text, "saved      mask") == [[f"{mask[0]:g}", "0"]]


def test_a_mask_that_equals_the_result_is_still_shown():
    mask = np.array([True, False])
    x = leaf([1.0, 1.0], "x")
    text = as_text(record_loss(lambda: F.dropout(x, 0.5, mask=mask, scaling="test").sum()))
    assert table_below(text, "saved      mask") == [["1", DROPPED]]


# Operations without products or source --------------------------------------------------------------------------------


def test_an_operation_that_cannot_be_rerun_is_shown_without_products():
    x = leaf([1.0, 2.0], "x")
    text = as_text(record_loss(lambda: record(x.data * 5, (x,), lambda grad, x: (grad * 5,)).sum()))
    assert len(steps(text)) == 2
    assert "rule       its backward function has no docstring" in steps(text)[1]
    assert table_below(steps(text)[1], "gives      dL/dx") == [["5", "5"]]
    assert "dL/dx[" not in text


class Callable:
    """A backward function without a name and code of its own."""

    def __call__(self, grad, x):
        return (grad * 5,)


def test_a_backward_that_is_not_a_function_is_shown_without_a_source():
    x = leaf([1.0, 2.0], "x")
    text = as_text(record_loss(lambda: record(x.data * 5, (x,), Callable())))
    assert "source" not in text
    assert table_below(text, "gives      dL/dx") == [["5", "5"]]


def test_text_changes_neither_the_recording_nor_the_generator(network):
    recorded, text = network
    then, state = [array.copy() for array in arrays_of(recorded)], generator_state()
    assert as_text(recorded) == text
    assert generator_state() == state
    assert all(same_bits(*pair) for pair in zip(then, arrays_of(recorded), strict=True))


def test_a_file_is_named_without_its_folder():
    assert short("/home/me/train.py") == "train.py"
    assert short("<stdin>") == "<stdin>"


# With a bug -----------------------------------------------------------------------------------------------------------


def compare(recorded: Pass, name: str) -> str:
    return compare_as_text(recorded, run_with_bug(recorded, BUGS[name]), BUGS[name])


def halves(text: str) -> tuple[str, str]:
    without, with_bug = text.split("── without the bug ")[1].split("── with the bug ")
    return without, with_bug


def test_two_passes_are_shown_at_the_first_step_that_differs(network):
    recorded, _ = network
    text = compare(recorded, "backward-scales-twice")
    first, second = text.splitlines()[:2]
    assert first == "bug: backward-scales-twice (the gradient is scaled by 1/(1 - p) twice)"
    assert second == "the first step that differs is step 3; dL/drelu[1, 1] is 20, but 40 with the bug"
    right, wrong = halves(text)
    assert "step 3 of 5   dropout = dropout(relu)" in right
    assert "step 3 of 5   dropout = dropout(relu)" in wrong
    assert table_below(right, "gives      dL/drelu") == [["2", DROPPED], ["2", "20"]]
    assert table_below(wrong, "gives      dL/drelu") == [["4", DROPPED], ["4", "40"]]
    assert "rule       dL/dx = grad * mask / (1 - p) / (1 - p)" in wrong
    assert "bugs.py:" in wrong
    assert "bugs.py:" not in right


HIDDEN = [
    ("backward-forgets-the-mask", "gives      dL/drelu", [["2", "20"], ["2", "20"]]),
    ("backward-inverts-the-mask", "gives      dL/drelu", [["0", "20"], ["0", "0"]]),
    ("relu-ignored", "gives      dL/dmatmul", [["2", "0"], ["2", "20"]]),
]


@pytest.mark.parametrize(("name", "head", "expected"), HIDDEN)
def test_a_gradient_that_a_bug_lets_through_is_not_hidden_behind_a_sign(network, name, head, expected):
    """A wrong gradient that is not 0 is shown as a number."""
    recorded, _ = network
    _, wrong = halves(compare(recorded, name))
    for row, numbers in zip(table_below(wrong, head), expected, strict=True):
        for cell, number in zip(row, numbers, strict=True):
            assert cell == number or (number == "0" and cell in (DROPPED, DEAD))


def test_the_entry_that_differs_is_the_example(network):
    recorded, _ = network
    right, wrong = halves(compare(recorded, "relu-ignored"))
    assert "dL/dmatmul[1, 0] = upstream × (1 if x > 0, else 0) = 2 × 0 = 0" in right
    assert "dL/dmatmul[1, 0] = upstream = 2" in wrong


def test_a_bug_that_changes_nothing_in_a_pass_says_so():
    x = leaf([1.0, 2.0], "x")
    recorded = record_loss(lambda: x.relu().sum())
    assert compare(recorded, "relu-ignored") == (
        "bug: relu-ignored (the gradient passes through units that are off): it changes nothing in this pass; "
        "try other inputs or another p"
    )


def test_a_step_that_only_one_run_takes_is_shown_once():
    x = leaf([1.0, 2.0], "x")
    recorded = record_loss(lambda: x.relu().sum())
    shorter = replace(recorded, steps=recorded.steps[:1], label="shorter")
    text = compare_as_text(recorded, shorter, study.Bug("relu", BUGS["relu-ignored"].backward, "it stops early"))
    assert "the first step that differs is step 2" in text
    assert "── without the bug" in text
    assert "── with the bug" not in text


def test_a_gradient_that_a_bug_loses_is_reported():
    def forgotten(grad, x, out):
        """dL/dx: forgotten"""
        return (None,)

    x = leaf([1.0, 2.0], "x")
    recorded = record_loss(lambda: (x * 2).relu().sum())
    bug = study.Bug("relu", forgotten, "no gradient at all")
    text = compare_as_text(recorded, run_with_bug(recorded, bug), bug)
    right, wrong = halves(text)
    assert "step 2 of 3" in right
    assert "step 2 of 2" in wrong
    assert "multiply gets no gradient from this operation" in wrong
