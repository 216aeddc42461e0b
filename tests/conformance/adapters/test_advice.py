"""A layer that the kit cannot call is not an error: the report says why, with code that works when you paste it."""

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


#: target -> part of the problem
UNDRIVABLE = {
    NoSwitch: "a NoSwitch cannot be switched to eval mode",
    NoSwitchAndNoBackward: "a NoSwitchAndNoBackward cannot be switched to eval mode",
    TwoUnclear: "TwoUnclear.forward needs a_flag, b_flag: the name does not say what to pass",
    UnclearConstructor: "UnclearConstructor(owner, p) needs owner: the name does not say what to pass",
    UnclearProbability: "UnclearProbability(alpha) has no parameter whose name means p",
    PIsSetLater: "PIsSetLater() has no parameter for p",
    OtherMethods: "a OtherMethods has no method forward and cannot be called; its methods are",
}


def pasted(report):
    """Run the code in a report, with the layers of this file defined, and return what to pass to `of`."""
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
    assert "needs first, second" in report.problem
    assert not check_dropout(of(pasted(report)), **BRIEFLY).findings


def test_an_existing_layer_is_refused_because_each_p_needs_its_own():
    report = check_dropout(of(OnlyP(0.5)))
    assert report.problem == "of was given an existing OnlyP, but it has to make a new layer for each p."
    assert not check_dropout(eval(report.instead), **BRIEFLY).findings


def test_a_function_without_p_is_refused():
    report = check_dropout(of(lambda x, training: x))
    assert "has no parameter for p" in report.problem


def test_a_function_written_in_c_cannot_be_examined():
    report = check_dropout(of(np.random.default_rng().random))
    assert not report.examined


@pytest.mark.parametrize("option", ["secret", "size"])
def test_an_unknown_option_is_named(option):
    report = check_dropout(of(lambda x, params: x * params["p"] * params[option]))
    assert f"looks up {option!r}" in report.problem
