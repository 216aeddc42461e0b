"""With any seed, every wrong layer gets the code of its mistake, and every right layer passes."""

import random

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.right_layers import RIGHT
from tests.conformance.wild import WILD
from tests.conformance.wrong_layers import OPTIONS, WRONG, Dropout
from tests.mistakes.test_mistakes import catalog
from tinygrad_dropout import conformance
from tinygrad_dropout.conformance import assert_dropout, check_dropout, of
from tinygrad_dropout.mistakes import REMARK, dropout

A_HUNDRED = pytest.mark.slow  # `pytest -m slow tests/conformance`


def codes(report: conformance.Report) -> list[str]:
    return [finding.code for finding in report.findings]


def fails_by_name(layer: type, code: str, seed: int) -> None:
    """The first finding is the layer's mistake, with a specific message and what was expected."""
    report = check_dropout(of(layer), seed=seed, **OPTIONS.get(layer, {}))
    assert codes(report)[:1] == [code], f"seed {seed}: {report}"
    finding = report.findings[0]
    assert len(finding.message) > 20
    assert "\n" not in finding.message + finding.expected
    assert finding.expected


def passes(layer: type, seed: int) -> None:
    report = check_dropout(of(layer), seed=seed, **OPTIONS.get(layer, {}))
    assert report.ok, f"seed {seed}: {report}"
    assert str(report).startswith("This dropout is right")


def name_of(layer: type) -> str:
    return f"{layer.__module__.rpartition('.')[2]}.{layer.__name__}"


def one_seed_each(layers):
    """Each layer with one of four seeds, which use different values of p; all four would take minutes."""
    return [pytest.param(layer, number % 4, id=name_of(layer)) for number, layer in enumerate(layers)]


@pytest.mark.parametrize(("layer", "seed"), one_seed_each(list(WRONG)[::2]))  # the slow test covers the others
def test_a_wrong_layer_is_named(layer, seed):
    fails_by_name(layer, WRONG[layer], seed)


@pytest.mark.parametrize(("layer", "seed"), one_seed_each(RIGHT))
def test_a_right_layer_passes(layer, seed):
    passes(layer, seed)


@A_HUNDRED
@pytest.mark.parametrize("layer", WRONG, ids=name_of)
def test_a_wrong_layer_is_named_with_a_hundred_seeds(layer):
    for seed in range(100):
        fails_by_name(layer, WRONG[layer], seed)


@A_HUNDRED
@pytest.mark.parametrize("layer", RIGHT, ids=name_of)
def test_a_right_layer_passes_with_a_hundred_seeds(layer):
    for seed in range(100):
        passes(layer, seed)


@A_HUNDRED
@pytest.mark.parametrize("layer", RIGHT, ids=name_of)
@pytest.mark.parametrize("depth", ["quick", "thorough"])
def test_a_right_layer_passes_at_every_depth(layer, depth):
    for seed in range(20):
        report = check_dropout(of(layer), seed=seed, **{**OPTIONS.get(layer, {}), "depth": depth})
        assert report.ok, f"seed {seed}: {report}"


@pytest.mark.parametrize(("layer", "seed"), one_seed_each(WILD))
def test_faults_seen_in_the_wild_are_named(layer, seed):
    fails_by_name(layer, WILD[layer][1], seed)


def test_there_are_enough_wrong_and_right_layers():
    assert len(WRONG) >= 200
    assert len(RIGHT) >= 40
    assert all(layer.__doc__ for layer in [*WRONG, *WILD, *RIGHT])


#: Codes that no layer in the tables gets, and where they are tested.
ELSEWHERE = {
    "mask-overwritten-by-the-next-forward": "adapters",
    "returned-mask-is-wrong": "below",
    "returned-mask-has-another-shape": "below",
    "cannot-be-examined": "below",
    "never-returns": "process",
    "ends-the-process": "process",
    "floods-the-output": "process",
    "out-of-memory": "process",
    "forks-and-goes-on": "process",
    "raises-keyboard-interrupt": "process",
}


def test_every_code_that_the_kit_has_is_given_to_some_layer():
    """Otherwise a question might be impossible to fail."""
    of_dropout = {mistake.code: mistake for mistake in catalog(dropout)}
    given = {*WRONG.values(), *TASTE.values(), *ELSEWHERE}
    assert sorted(set(of_dropout) - given) == []
    assert {code for code, mistake in of_dropout.items() if mistake.severity == REMARK} == set(TASTE.values())


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_report(seed):
    for layer in (Dropout, *list(WRONG)[:30:5]):
        assert str(check_dropout(of(layer), seed=seed)) == str(check_dropout(of(layer), seed=seed))


# Matters of taste -----------------------------------------------------------------------------------------------------


class SinglePrecisionScale(Dropout):
    def apply(self, array, mask, scale):
        return array * mask * np.float32(scale)


class RefusesOne(Dropout):
    def __init__(self, p, rng):
        if p == 1:
            raise ValueError("p = 1 drops everything")
        super().__init__(p, rng)


class GlobalState(Dropout):
    def draw(self, x):
        return np.random.random_sample(x.shape) >= self.p


class OwnGenerator(Dropout):
    def __init__(self, p, rng):
        super().__init__(p, np.random.default_rng())


class TwoAxesOnly(Dropout):
    def draw(self, x):
        rows, columns = x.shape
        return self.rng.random((rows, columns)) >= self.p


class RefusesZero(Dropout):
    def __init__(self, p, rng):
        if p == 0:
            raise ValueError("p = 0 drops nothing")
        super().__init__(p, rng)


class DrawsInEval(Dropout):
    def forward(self, x):
        self.draw(x)
        return super().forward(x)


class PythonsState(Dropout):
    def draw(self, x):
        return np.reshape(np.array([random.random() >= self.p for _ in range(x.size)], dtype=bool), x.shape)


TASTE = {
    TwoAxesOnly: "two-axes-only",
    SinglePrecisionScale: "scale-in-single-precision",
    RefusesOne: "refuses-p=1",
    RefusesZero: "refuses-p=0",
    DrawsInEval: "draws-in-eval",
    PythonsState: "draws-from-the-global-state",
    GlobalState: "draws-from-the-global-state",
    OwnGenerator: "ignores-its-generator",
    Dropout: "accepts-a-bad-p",
}


@pytest.mark.parametrize(("layer", "code"), TASTE.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_matter_of_taste_is_a_remark_and_fails_no_layer(layer, code):
    report = check_dropout(of(layer))
    assert report.findings == ()
    assert code in [remark.code for remark in report.remarks]
    assert f"\n  [{code}]" in str(report).partition("Remarks:")[2]


# What the kit must not change -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [Dropout, GlobalState, *list(WRONG)[::20]], ids=lambda layer: layer.__name__)
def test_numpys_global_state_is_unchanged(layer):
    before = np.random.get_state()
    check_dropout(of(layer))
    after = np.random.get_state()
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


def test_a_replaced_global_generator_of_numpy_is_allowed_and_unchanged():
    before = np.random.get_bit_generator()
    mine = np.random.PCG64(3)
    try:
        np.random.set_bit_generator(mine)
        state = mine.state
        assert check_dropout(of(td.nn.Dropout)).ok
        assert np.random.get_bit_generator() is mine
        assert mine.state == state
    finally:
        np.random.set_bit_generator(before)


def test_the_report_on_a_layer_that_draws_from_the_global_state_does_not_depend_on_that_state():
    class TooMany(GlobalState):
        def draw(self, x):
            return np.random.random_sample(x.shape) >= self.p + 0.02

    before = np.random.get_state()
    reports = set()
    for _ in range(3):
        np.random.random_sample()
        reports.add(str(check_dropout(of(TooMany))))
    np.random.set_state(before)
    assert len(reports) == 1


STRANGE = {
    "object": lambda y: y.astype(object),
    "text": lambda y: y.astype(str),
    "dates": lambda y: y.astype("datetime64[D]"),
    "complex": lambda y: y.astype(complex),
    "integers": lambda y: y.astype(int),
    "structured": lambda y: np.zeros(y.shape, dtype=[("a", float)]),
    "masked": lambda y: np.ma.masked_equal(y, 0),
    "a number": lambda y: 1.0,
    "no axes": lambda y: np.array(1.0),
    "huge": lambda y: y * 1e300,
}


@pytest.mark.parametrize("phase", ["forward", "backward"])
@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_any_strange_result_is_a_finding_and_not_a_crash(strange, phase):
    class Strange(Dropout):
        pass

    setattr(Strange, phase, lambda self, array: strange(getattr(Dropout, phase)(self, array)))
    report = check_dropout(of(Strange))
    assert not report.ok
    assert "cannot-be-examined" not in codes(report)


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("not even this")


@pytest.mark.parametrize("error", [RecursionError, MemoryError, StopIteration, SystemExit, GeneratorExit, Unprintable])
@pytest.mark.parametrize("place", ["__init__", "draw", "backward"])
def test_any_exception_is_a_finding(error, place):
    def raise_it(*_, **__):
        raise error

    report = check_dropout(of(type("Raises", (Dropout,), {place: raise_it})))
    assert report.findings[0].code in ("cannot-be-made", "forward-raises", "backward-raises")
    assert error.__name__ in report.findings[0].message


def test_a_right_layer_may_return_a_matrix():
    class Matrix(Dropout):
        def forward(self, x):
            y = super().forward(x)
            return np.asmatrix(y) if y.ndim == 2 else y

    assert check_dropout(of(Matrix)).ok


@pytest.mark.parametrize("record", [False, [], lambda self, message: None])
def test_an_attribute_that_happens_to_be_called_record_is_harmless(record):
    assert check_dropout(of(type("Records", (Dropout,), {"record": record}))).ok


def test_numpys_error_handling_is_unchanged():
    before = np.geterr()
    check_dropout(of(Dropout))
    assert np.geterr() == before


def test_ctrl_c_is_not_a_finding():
    class Interrupted(Dropout):
        def forward(self, x):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_dropout(of(Interrupted))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda mask: mask, None),
        (lambda mask: mask / 0.65, None),
        (lambda mask: ~mask, "returned-mask-is-wrong"),
        (lambda mask: np.roll(mask, 1), "returned-mask-is-wrong"),
        (lambda mask: mask[:-1], "returned-mask-has-another-shape"),
    ],
)
def test_a_mask_returned_with_y_is_compared_with_it(change, code):
    class ReturnsItsMask(Dropout):
        def forward(self, x):
            y = super().forward(x)
            self.returned_mask = change(self.mask) if self.training else None
            return y

    assert codes(check_dropout(of(ReturnsItsMask))) == ([code] if code else [])


# One line in a user's tests -------------------------------------------------------------------------------------------


def test_assert_dropout_passes_a_right_layer_and_fails_a_wrong_one_with_the_report():
    assert_dropout(of(td.nn.Dropout))
    wrong = next(layer for layer, code in WRONG.items() if code == "scale-is-1/p")
    with pytest.raises(AssertionError, match=r"seed 0: This dropout is wrong[^$]*\[scale-is-1/p\]"):
        assert_dropout(of(wrong))


def test_assert_dropout_uses_the_given_number_of_seeds():
    seeds_used = []

    class Counting(Dropout):
        def __init__(self, p, rng):
            super().__init__(p, rng)
            seeds_used.append(rng.bit_generator.seed_seq.entropy)

    assert_dropout(of(Counting), seeds=4)
    assert set(seeds_used) == {0, 1, 2, 3}
