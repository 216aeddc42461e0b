"""What cannot be driven is no error of the layer: it is said, with code that works when it is pasted."""

import numpy as np
import pytest

from tests.conformance.adapters.styles import BRIEFLY, Core, OnlyP, function_with_a_cache, gradient_of_a_cache
from tinygrad_dropout.conformance import check_dropout, of


class NoSwitch(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x):
        return self.masked(x, True)


class NoSwitchAndNoBackward:
    def __init__(self, drop_prob):
        self.layer = NoSwitch(drop_prob)

    def __call__(self, x):
        return self.layer.forward(x)


class TwoUnclear(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, a_flag, b_flag):
        assert a_flag == b_flag
        return self.masked(x, a_flag)


class UnclearConstructor(OnlyP):
    def __init__(self, owner, p):
        super().__init__(p)


class UnclearProbability(OnlyP):
    def __init__(self, alpha):
        super().__init__(alpha)


class PIsSetLater(OnlyP):
    def __init__(self):
        super().__init__(0.5)

    @property
    def p(self):
        return self.dropping

    @p.setter
    def p(self, p):
        self.dropping = p


class OtherMethods(Core):
    def __init__(self, p):
        self.set_up(p)

    def propagate(self, x):
        return self.masked(x, self.training)

    training = True


def unclear_function(x, p, first, second):
    assert first == second
    return function_with_a_cache(x, p, first)


#: target -> words of the problem
UNDRIVABLE = {
    NoSwitch: "a NoSwitch has no switch for eval mode",
    NoSwitchAndNoBackward: "a NoSwitchAndNoBackward has no switch for eval mode",
    TwoUnclear: "TwoUnclear.forward wants a_flag, b_flag, and what that is its name does not say",
    UnclearConstructor: "UnclearConstructor(owner, p) wants owner, and what that is its name does not say",
    UnclearProbability: "UnclearProbability(alpha) has no parameter that is p by its name",
    PIsSetLater: "PIsSetLater() takes no p",
    OtherMethods: "a OtherMethods, has no method forward, and cannot be called; its methods are",
}


def pasted(report):
    """What `of` is given by the code of a report, run where the layers are known."""
    names = dict(globals())
    exec(report.instead, names)
    return names.get("Mine") or names["make"]


@pytest.mark.parametrize("target", UNDRIVABLE)
def test_the_problem_is_named_and_the_code_works_when_it_is_pasted(target):
    report = check_dropout(of(target), **BRIEFLY)
    assert not report.examined
    assert report.exit_code() == 3
    assert UNDRIVABLE[target] in report.problem
    assert target.__name__ in report.instead
    forward_only = target is NoSwitchAndNoBackward
    again = check_dropout(of(pasted(report)), **BRIEFLY, forward_only=forward_only)
    assert again.examined, str(again)
    assert target is OtherMethods or not again.findings, str(again)


def test_the_code_for_a_function_works_when_it_is_pasted():
    report = check_dropout(of(unclear_function, gradient_of_a_cache), **BRIEFLY)
    assert "wants first, second" in report.problem
    assert not check_dropout(of(pasted(report)), **BRIEFLY).findings


def test_a_layer_that_is_already_made_is_told_that_one_is_needed_for_each_p():
    report = check_dropout(of(OnlyP(0.5)))
    assert report.problem == "of was given a OnlyP that is already made, and needs one for each p."
    assert not check_dropout(eval(report.instead), **BRIEFLY).findings


def test_a_function_that_takes_no_p_is_told_so():
    report = check_dropout(of(lambda x, training: x))
    assert "takes no p" in report.problem


def test_a_function_written_in_c_is_told_to_be_wrapped():
    report = check_dropout(of(np.random.default_rng().random))
    assert not report.examined


@pytest.mark.parametrize("option", ["secret", "size"])
def test_an_option_that_nobody_knows_is_named(option):
    report = check_dropout(of(lambda x, params: x * params["p"] * params[option]))
    assert f"asked for {option!r}" in report.problem
