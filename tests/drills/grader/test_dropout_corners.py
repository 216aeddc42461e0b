"""Corner cases of dropout: a mistake that shows only in one of them is named, in every exercise that asks for it."""

import numpy as np
import pytest

from tests.drills.graded import graded
from tests.drills.grader.answers import judge_of, rejection_of
from tests.drills.odd_dropout import ASKED
from tinygrad_dropout.drills.grader.dropout_corners import Corners, is_nudged, shared_axis


@pytest.mark.parametrize(
    ("exercise", "code", "source"), [pytest.param(*one, id=f"{one[0].number}-{one[1]}") for one in ASKED]
)
def test_a_mistake_in_a_corner_case_is_named(exercise, code, source):
    found = graded(exercise, source).rejection
    assert found is not None
    assert found.code == code
    assert found.claim
    assert found.question or code == "raises"


def corners_of(change, backward=lambda dx: dx):
    """The corner cases of a right dropout whose y and dx are changed."""

    def make(p, rng):
        def forward(x):
            kept = rng.random(x.shape) >= p
            return change(x * kept / (1 - p)), lambda grad: backward(grad * kept / (1 - p))

        return forward

    return Corners(judge_of(""), make)


CHECKS = (
    "refuse_a_nudged_scale",
    "refuse_inexact_numbers",
    "refuse_unusual_shapes",
    "refuse_wrong_zeros",
    "refuse_wrong_near_the_ends",
    "refuse_a_fixed_count",
    "refuse_overwritten_results",
    "refuse_wrong_at_zero",
)


@pytest.mark.parametrize("check", CHECKS)
def test_a_right_dropout_passes_every_corner_case(check):
    for _ in range(20):
        getattr(corners_of(np.asarray), check)()


@pytest.mark.parametrize(
    ("check", "change", "code"),
    [
        ("refuse_inexact_numbers", lambda dx: dx * (1 + 1e-12), "scale-is-inexact"),
        (
            "refuse_unusual_shapes",
            lambda dx: dx * (2 if dx.ndim == 5 else 1),
            "backward-differs-with-the-number-of-axes",
        ),
        ("refuse_unusual_shapes", lambda dx: dx.squeeze(), "wrong-shape"),
    ],
)
def test_wrong_corner_cases_of_a_backward_are_named(check, change, code):
    assert rejection_of(getattr(corners_of(np.asarray, change), check)).code == code


def test_a_small_number_in_the_denominator_is_distinguished_from_rounding():
    assert is_nudged({p: 1 / (1 - p + 1e-9) for p in (0.3, 0.7)}, lambda p: 1 / (1 - p))
    assert not is_nudged({p: (1 + 1e-9) / (1 - p) for p in (0.3, 0.7)}, lambda p: 1 / (1 - p))
    assert not is_nudged({p: 1 / (1 - p) for p in (0.3, 0.7)}, lambda p: 1 / (1 - p))


def test_an_axis_is_shared_if_all_elements_along_it_agree():
    kept = np.random.default_rng(0).random((4, 5, 6)) < 0.5
    assert shared_axis(kept) is None
    assert shared_axis(np.broadcast_to(kept[:, :1], kept.shape)) == 1


def test_an_unwritten_part_is_neither_a_refusal_nor_a_mistake():
    corners = corners_of(lambda y: y if y.ndim == 2 else not_written())
    assert rejection_of(corners.refuse_unusual_shapes).code == "part-not-written"


def not_written():
    raise NotImplementedError
