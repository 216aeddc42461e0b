"""Every wrong layer gets the code of its own fault, every right one passes, whatever the seed."""

import re
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.right_layers import RIGHT
from tests.conformance.wild import WILD
from tests.conformance.wrong_layers import WRONG, Dropout
from tinygrad_dropout import conformance
from tinygrad_dropout.conformance import assert_dropout, check_dropout, of

SEEDS = (0, 1, 2)  # `pytest -m slow tests/conformance` takes a hundred
A_HUNDRED = pytest.mark.slow


def codes(report: conformance.Report) -> list[str]:
    return [finding.code for finding in report.findings]


def fails_by_name(layer: type, code: str, seeds: range | tuple[int, ...]) -> None:
    """The first finding is the fault; it has numbers or words of its own, and says what was expected."""
    for seed in seeds:
        report = check_dropout(of(layer), seed=seed)
        assert codes(report)[:1] == [code], f"seed {seed}: {report}"
        finding = report.findings[0]
        assert len(finding.message) > 20
        assert "\n" not in finding.message + finding.expected
        assert finding.expected


def passes(layer: type, seeds: range | tuple[int, ...]) -> None:
    for seed in seeds:
        report = check_dropout(of(layer), seed=seed)
        assert report.ok, f"seed {seed}: {report}"
        assert str(report).startswith("This dropout is right.")


each_wrong = pytest.mark.parametrize(("layer", "code"), WRONG.items(), ids=lambda value: getattr(value, "__name__", ""))
each_right = pytest.mark.parametrize("layer", RIGHT, ids=lambda layer: f"{layer.__module__}.{layer.__name__}")


@each_wrong
def test_a_wrong_layer_is_named(layer, code):
    fails_by_name(layer, code, SEEDS)


@each_right
def test_a_right_layer_passes(layer):
    passes(layer, SEEDS)


@A_HUNDRED
@each_wrong
def test_a_wrong_layer_is_named_with_a_hundred_seeds(layer, code):
    fails_by_name(layer, code, range(100))


@A_HUNDRED
@each_right
def test_a_right_layer_passes_with_a_hundred_seeds(layer):
    passes(layer, range(100))


@pytest.mark.parametrize("layer", WILD, ids=lambda layer: layer.__name__)
def test_faults_seen_in_the_wild_are_named(layer):
    fails_by_name(layer, WILD[layer][1], SEEDS)


def test_there_are_enough_of_both():
    assert len(WRONG) >= 40
    assert len(RIGHT) >= 10
    assert all(layer.__doc__ for layer in [*WRONG, *WILD, *RIGHT])


def test_every_code_that_the_kit_can_give_is_given_to_some_wrong_layer():
    """A question that no layer fails would be one that cannot be failed."""
    package = Path(conformance.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    codes_in_it = set(re.findall(r'"([a-z][a-z0-9/+()=]*(?:-[a-z0-9/+()=]+)+)"', source))
    given = {*WRONG.values(), *TASTE.values()}
    elsewhere = {
        "eval-backward",  # no code but a part of one
        "mask-overwritten-by-the-next-forward",  # tests/conformance/test_adapters.py
        "cannot-be-examined",  # tests/conformance/test_report.py
        *("never-returns", "ends-the-process"),  # tests/conformance/test_process.py
    }
    assert codes_in_it - given == elsewhere


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


class SharesAlongTheLastOfThree(Dropout):
    def draw(self, x):
        return np.broadcast_to(super().draw(x[..., :1]), x.shape) if x.ndim == 3 else super().draw(x)


TASTE = {
    TwoAxesOnly: "two-axes-only",
    SharesAlongTheLastOfThree: "shares-along-an-axis",
    SinglePrecisionScale: "scale-in-single-precision",
    RefusesOne: "refuses-p=1",
    GlobalState: "draws-from-the-global-state",
    OwnGenerator: "ignores-its-generator",
    Dropout: "accepts-a-bad-p",
}


@pytest.mark.parametrize(("layer", "code"), TASTE.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_matter_of_taste_is_a_remark_and_fails_no_layer(layer, code):
    for seed in SEEDS:
        report = check_dropout(of(layer), seed=seed)
        assert report.ok
        assert code in [remark.code for remark in report.remarks]
        assert f"remark [{code}]" in str(report)


# What the kit leaves alone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [Dropout, GlobalState, *list(WRONG)[::20]], ids=lambda layer: layer.__name__)
def test_numpys_global_state_is_left_as_it_was(layer):
    before = np.random.get_state()
    check_dropout(of(layer))
    after = np.random.get_state()
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


def test_another_global_generator_of_numpys_is_no_fault_of_the_layers():
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


def test_a_layer_that_draws_from_the_global_state_gets_the_same_report_whatever_that_is():
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
def test_whatever_is_returned_is_a_finding_and_no_crash(strange, phase):
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
def test_whatever_is_raised_is_a_finding(error, place):
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
def test_an_attribute_that_happens_to_be_called_record_does_no_harm(record):
    assert check_dropout(of(type("Records", (Dropout,), {"record": record}))).ok


def test_numpys_error_handling_is_left_as_it_was():
    before = np.geterr()
    check_dropout(of(Dropout))
    assert np.geterr() == before


def test_ctrl_c_is_not_a_finding():
    class Interrupted(Dropout):
        def forward(self, x):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_dropout(of(Interrupted))


# One line in anybody's tests ------------------------------------------------------------------------------------------


def test_assert_dropout_passes_a_right_layer_and_fails_a_wrong_one_with_the_report():
    assert_dropout(of(td.nn.Dropout))
    wrong = next(layer for layer, code in WRONG.items() if code == "scale-is-1/p")
    with pytest.raises(AssertionError, match=r"seed 0: This dropout is wrong[^$]*\[scale-is-1/p\]"):
        assert_dropout(of(wrong))


def test_assert_dropout_looks_with_as_many_seeds_as_it_is_told():
    seeds_used = []

    class Counting(Dropout):
        def __init__(self, p, rng):
            super().__init__(p, rng)
            seeds_used.append(rng.bit_generator.seed_seq.entropy)

    assert_dropout(of(Counting), seeds=4)
    assert set(seeds_used) == {0, 1, 2, 3}
