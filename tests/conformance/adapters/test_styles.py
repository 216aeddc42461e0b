"""The kit can call correct code in every style, and names mistakes through every adapter."""

import numpy as np
import pytest

from tests.conformance.adapters import styles
from tinygrad_dropout.conformance import Functions, check_dropout, of


@pytest.mark.parametrize("name", styles.STYLES)
def test_right_code_passes_in_every_style(name):
    make = of(styles.STYLES[name], styles.BACKWARDS.get(name))
    report = check_dropout(make, **styles.BRIEFLY)
    assert not report.findings, str(report)
    assert report.examined, str(report)


@pytest.mark.slow
@pytest.mark.parametrize("name", styles.STYLES)
def test_right_code_passes_with_every_seed(name):
    for seed in range(20):
        report = check_dropout(of(styles.STYLES[name], styles.BACKWARDS.get(name)), seed=seed)
        assert not report.findings, str(report)
        assert report.examined, str(report)


@pytest.mark.parametrize("name", styles.STYLES)
def test_wrong_code_is_named_in_every_style(name, monkeypatch):
    monkeypatch.setattr(styles, "scale", lambda p: 1 / p if p else 0.0)
    report = check_dropout(of(styles.STYLES[name], styles.BACKWARDS.get(name)), **styles.BRIEFLY)
    assert report.errors, str(report)
    assert report.errors[0].code == "scale-is-1/p", str(report)


@pytest.mark.parametrize("name", styles.BACKWARDS)
def test_a_wrong_backward_is_named_in_every_style(name):
    def backward(grad, cache):
        return grad

    report = check_dropout(of(styles.STYLES[name], backward), **styles.BRIEFLY)
    assert "backward-is-the-identity" in [finding.code for finding in report.errors], str(report)


def test_a_pair_of_functions_can_be_given_in_three_ways():
    forward, backward = styles.function_with_a_cache, styles.gradient_of_a_cache
    for make in (
        of(forward, backward),
        of((forward, backward)),
        of(Functions(forward, backward)),
        of(of(forward, backward)),
    ):
        assert check_dropout(make, **styles.BRIEFLY).ok


def test_the_returned_mask_is_stored_and_true_where_kept():
    layer = of(styles.MaskReturned)(0.4, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(6, 7))
    y = layer.forward(x)
    assert np.array_equal(layer.returned_mask, y != 0)
    assert 0 < layer.returned_mask.sum() < x.size


def test_an_array_returned_with_y_is_not_always_a_mask():
    layer = of(lambda x, p, training: (x, x))(0.4, np.random.default_rng(0))
    layer.forward(np.arange(6.0))
    assert layer.returned_mask is None


def test_a_layer_with_the_whole_interface_is_not_wrapped():
    assert type(of(styles.OnlyP)(0.3, np.random.default_rng(0))) is styles.OnlyP


def test_eval_mode_of_a_function_without_a_mode_is_reported_as_not_checked():
    report = check_dropout(of(styles.function_without_a_mode, styles.gradient_without_a_mode), **styles.BRIEFLY)
    assert "eval mode: this dropout has none" in str(report)


def test_a_seed_is_drawn_from_the_generator_and_differs_from_layer_to_layer():
    seeds = []
    rng = np.random.default_rng(0)
    make = of(lambda p, seed: seeds.append(seed) or styles.OnlyP(p))
    for _ in range(2):
        make(0.5, rng)
    assert len(set(seeds)) == 2
    assert all(isinstance(seed, int) for seed in seeds)


def test_a_function_without_a_backward_is_examined_forward_only():
    def dropout(x, p, training):
        return styles.function_with_a_cache(x, p, training)[0]

    report = check_dropout(of(dropout), **styles.BRIEFLY)
    assert not report.examined
    assert "forward_only=True" in report.problem
    assert check_dropout(of(dropout), forward_only=True, **styles.BRIEFLY).ok


@pytest.mark.parametrize("target", [3, "torch.nn:Dropout", None])
def test_a_target_that_cannot_be_called_is_a_type_error(target):
    with pytest.raises(TypeError, match="expected a class or a function"):
        of(target)


@pytest.mark.parametrize("name", ["OnlyP", "Seed", "RngOnlyByName", "AnyKeyword", "factory_of_functions"])
def test_a_layer_that_uses_or_takes_no_generator_gets_no_remark(name):
    remarks = [remark.code for remark in check_dropout(of(styles.STYLES[name]), **styles.BRIEFLY).remarks]
    assert "ignores-its-generator" not in remarks


def test_only_a_layer_that_takes_a_generator_is_told_to_use_it():
    def without(p):
        return styles.RngOnlyByName(p, rng=np.random.default_rng())

    def with_one(p, rng):
        return without(p)

    for target, missed in ((without, False), (with_one, True)):
        for options in ({}, {"convention": "keep-probability", "rates": [0.5], "allow": ["p=1-forward-is-wrong"]}):
            remarks = [remark.code for remark in check_dropout(of(target), **styles.BRIEFLY, **options).remarks]
            assert ("ignores-its-generator" in remarks) == missed


@pytest.mark.parametrize("target", [styles.KeepProb, styles.function_without_a_mode])
def test_a_probability_of_keeping_is_not_inverted_twice(target):
    report = check_dropout(of(target), convention="keep-probability")
    assert report.problem.startswith("its parameter keep_prob gets 1 - p already, because of its name.")
    assert check_dropout(of(target), **styles.BRIEFLY, forward_only=True).ok
