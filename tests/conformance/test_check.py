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


class PropagatesNaN(Dropout):
    """0 * NaN is NaN"""


TASTE = {
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
