"""The judge: claims, known mistakes by the formula that matches, the smallest input that shows them."""

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader.judge import KnownMistake

KNOWN = [
    KnownMistake("averaged", lambda x: x.mean(axis=0), "It is the mean.", "Why?", "averaging"),
    KnownMistake("negated", lambda x: -x.sum(axis=0), "It is negated.", "Why?", "updates"),
]


def graded(body, sizes=((1, 2), (3, 2), (4, 3)), **options):
    """The judge, and the rejection of a function that should sum the rows."""
    judge = judge_of(f"def f(x):\n    {body}")
    runs = judge.run(judge.function("f", "x"), [(judge.numbers(*size),) for size in sizes])
    return judge, rejection_of(
        lambda: judge.compare("the sum", runs, lambda x: x.sum(axis=0), name="y", known=KNOWN, **options)
    )


def test_a_right_answer_passes_its_claim():
    judge, found = graded("return x.sum(axis=0)")
    assert found is None
    assert judge.right == ["the sum"]


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("return x.mean(axis=0)", "averaged", "It is the mean."),
        ("return -x.sum(axis=0)", "negated", "It is negated."),
        ("return 3 * x.sum(axis=0)", "wrong-values", "Every value is 3 times the expected one."),
        ("return (1 + 1e-6) * x.sum(axis=0)", "inexact", "That is nearly right: the first digits agree."),
        ("return x.sum(axis=0, keepdims=True)", "wrong-shape", "y has shape (1, 2); expected (2,)."),
        ("return x.sum(axis=0) * np.nan", "not-finite", "2 of 2 values that are NaN"),
        ("return 'a'", "wrong-type", "returned a str"),
        ("return [[1], [1, 2]]", "wrong-type", "returned a list"),
    ],
)
def test_a_wrong_answer_is_named(body, code, says):
    judge, found = graded(body)
    assert found.code == code
    assert says in found.message
    assert found.claim == "the sum"
    assert judge.right == []


def test_a_formula_must_match_on_every_input():
    _, found = graded("return x.mean(axis=0) if len(x) < 4 else 2 * x.sum(axis=0)")
    assert found.code == "wrong-values"


def test_the_smallest_input_that_exposes_a_mistake_is_shown():
    _, found = graded("return x.mean(axis=0)")  # with one row the mean is the sum
    shown = dict(found.shown)
    assert shown["x"].endswith("shape (3, 2)")
    assert set(shown) == {"x", "yours", "expected"}


def test_the_worst_entry_is_named_with_both_values_and_their_ratio():
    _, found = graded("y = x.sum(axis=0); y[-1] += 1; return y", sizes=((2, 3),))
    assert found.message.startswith("y[2] is ")
    assert ", ratio " in found.message


def test_a_wrong_sign_is_named_if_no_known_mistake_matches():
    judge = judge_of("def f(x): return -x")
    runs = judge.run(judge.function("f", "x"), [(judge.numbers(2, 3),)])
    assert rejection_of(lambda: judge.compare("x", runs, lambda x: x)).code == "wrong-sign"


def test_only_rounding_is_tolerated():
    assert graded("return x.sum(axis=0) * (1 + 1e-9)")[1] is None
    assert graded("return x.sum(axis=0) * (1 + 1e-6)")[1] is not None


def test_a_list_or_a_scalar_is_accepted_as_an_array():
    assert graded("return [sum(column) for column in x.T]")[1] is None


def test_the_dtype_is_compared_on_request():
    judge = judge_of("def f(x): return x.astype(np.float64)")
    runs = judge.run(judge.function("f", "x"), [(np.ones(2, np.float32),)])
    assert rejection_of(lambda: judge.compare("x", runs, lambda x: x)) is None
    assert rejection_of(lambda: judge.compare("x", runs, lambda x: x, dtype=True)).code == "changes-the-dtype"


def test_an_exception_can_be_a_known_mistake():
    mistake = KnownMistake("too-deep", None, "It calls itself.", "How deep?", "order")
    judge = judge_of("def f(x): return f(x)")
    found = rejection_of(lambda: judge.run(judge.function("f", "x"), [(1,)], known={RecursionError: mistake}))
    assert (found.code, found.message, found.kind) == ("too-deep", "It calls itself.", "order")


def test_several_results_are_separated():
    judge = judge_of("def f(x): return x, 2 * x")
    runs = judge.run(judge.function("f", "x"), [(1,), (2,)])
    assert [[run.value for run in part] for part in judge.parts(runs, "one", "two")] == [[1, 2], [2, 4]]
    found = rejection_of(lambda: judge.parts(runs, "one", "two", "three"))
    assert found.message == "f(x) returned 2 values; expected 3: one, two, three."


@pytest.mark.parametrize("value", ["[x, 2 * x]", "np.stack([x, 2 * x])", "(k * x for k in (1, 2))", "map(abs, (x, x))"])
def test_several_results_may_be_any_ordered_collection(value):
    judge = judge_of(f"import numpy as np\ndef f(x): return {value}")
    runs = judge.run(judge.function("f", "x"), [(np.ones(3),)])
    assert [len(part) for part in judge.parts(runs, "one", "two")] == [1, 1]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("x", "f(x) returned one array; expected 3 values: da, db, dc."),
        ("x.sum()", "f(x) returned one float64; expected 3 values: da, db, dc."),
        ("{1, 2, 3}", "f(x) returned one set; expected 3 values: da, db, dc."),
        ("dict(da=1, db=2, dc=3)", "f(x) returned one dict; expected 3 values: da, db, dc."),
        ("'abc'", "f(x) returned one str; expected 3 values: da, db, dc."),
        ("[x]", "f(x) returned 1 value; expected 3: da, db, dc."),
    ],
)
def test_one_result_instead_of_several_is_named(value, says):
    judge = judge_of(f"def f(x): return {value}")
    runs = judge.run(judge.function("f", "x"), [(np.ones(4),)])
    assert rejection_of(lambda: judge.parts(runs, "da", "db", "dc")).message == says


def test_an_error_in_a_generator_is_the_learners_error():
    judge = judge_of("def f(x): return (1 / k for k in (1, 0))")
    runs = judge.run(judge.function("f", "x"), [(1,)])
    assert rejection_of(lambda: judge.parts(runs, "one", "two")).code == "raises"


def test_an_entry_may_have_its_own_name():
    judge = judge_of("def f(x): return [x[0], x[1] + 1]")
    runs = judge.run(judge.function("f", "x"), [(judge.numbers(2),)])
    found = rejection_of(lambda: judge.compare("x", runs, lambda x: x, entries=lambda x: ["a.grad", "b.grad"]))
    assert found.message.startswith("b.grad is ")


def test_a_sentence_begins_with_a_capital_letter():
    judge = judge_of("def f(x): return x + [0, 1]")
    runs = judge.run(judge.function("f", "x"), [(judge.numbers(2),)])
    found = rejection_of(lambda: judge.compare("x", runs, lambda x: x, name="the gradient"))
    assert found.message.startswith("Entry [")


def test_numbers_have_both_signs_and_neither_zeros_nor_repeats():
    numbers = judge_of("").numbers(7, 5)
    assert numbers.shape == (7, 5)
    assert (numbers < 0).any()
    assert (numbers > 0).any()
    assert np.abs(numbers).min() >= 0.2
    assert len(np.unique(np.abs(numbers))) == 35


def test_each_claim_is_reported_as_soon_as_it_passes():
    heard = []
    judge = judge_of("")
    judge.on_claim = lambda event, claim: heard.append((event, claim))
    with judge.claim("one"):
        pass
    rejection_of(lambda: [judge.claim("two").__enter__(), judge.reject("bad", "It is bad.")])
    assert heard == [("checking", "one"), ("right", "one"), ("checking", "two")]


@pytest.mark.parametrize(
    ("source", "code"), [("", "part-not-written"), ("BUG = ...", "part-not-written"), ("BUG = 3", "wrong-type")]
)
def test_an_unset_or_wrong_value_is_rejected(source, code):
    assert rejection_of(lambda: judge_of(source).value("BUG", str, "a name")).code == code
    assert judge_of("BUG = 'a'").value("BUG", str, "a name") == "a"


@pytest.mark.parametrize(
    ("body", "options", "code"),
    [
        ("return x.sum(axis=0).astype(np.float32)", {"dtype": True}, "changes-the-dtype"),
        ("return x.sum(axis=0).astype(np.float32)", {}, "rounded-to-float32"),
        ("return x.astype(np.float32).sum(axis=0).astype(float)", {}, "rounded-to-float32"),
        ("return x.sum(axis=0).round(7)", {}, "inexact"),
    ],
)
def test_lost_digits_are_rejected(body, options, code):
    _, found = graded(body, rtol=1e-10, atol=0, **options)
    assert (found.code, found.kind) == (code, "precision")


def test_corners_are_the_same_case_in_other_layouts_and_sizes():
    judge = judge_of("")
    x, n = judge.numbers(3, 4), np.array([1, 2, 0])
    corners = judge.corners((x, n, 0.5))
    assert [np.allclose(one, x) for one, *_ in corners] == [True, True, True, False, False, False]
    assert [(one / x).max() for one, *_ in corners[3:5]] == pytest.approx([1e9, 1e-9])
    assert 0 < (corners[5][0] == 0).sum() < x.size
    assert all(p == 0.5 and np.array_equal(integers, n) for _, integers, p in corners)
    assert not any(one.flags.c_contiguous for one, *_ in corners[:3])


@pytest.mark.parametrize(
    ("body", "raises"),
    [
        ("raise ValueError", True),
        ("return x", False),
        ("return None", False),
        ("int('x')", True),
        ("raise TypeError('no')", "another-exception"),
        ("assert x.size < 0", "another-exception"),
        ("raise NotImplementedError", "part-not-written"),
        ("return f(x)", "recursion-error"),
        ("x += 1", "changes-its-input"),
    ],
)
def test_an_expected_error_is_distinguished_from_others(body, raises):
    judge, found = judge_of(f"def f(x):\n    {body}"), []
    rejection = rejection_of(
        lambda: found.append(judge.raises(judge.function("f", "x"), (judge.numbers(2),), ValueError))
    )
    assert (rejection.code if rejection else found[0]) == raises
