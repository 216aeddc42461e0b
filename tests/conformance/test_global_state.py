"""The user's random states and settings are fully restored, whatever a layer does to them."""

import os
import random

import numpy as np
import pytest

from tests.conformance.wrong_layers import Dropout
from tinygrad_dropout.conformance import check_dropout, of
from tinygrad_dropout.conformance.global_state import SETTINGS


class ChangesEverything(Dropout):
    def __init__(self, p, rng):
        super().__init__(p, rng)
        np.random.seed(1)
        random.seed(1)
        np.random.standard_normal()
        np.seterr(all="ignore")
        np.set_printoptions(precision=2)
        os.environ["A_VARIABLE_OF_A_LAYER"] = "1"


@pytest.fixture
def users_state():
    before = np.random.get_state(legacy=False)
    yield
    np.random.set_state(before)


@pytest.mark.usefixtures("users_state")
def test_the_cached_gaussian_is_restored():
    np.random.seed(0)
    expected = np.random.randn(3)
    np.random.seed(0)
    first = np.random.randn()
    check_dropout(of(ChangesEverything), depth="quick")
    np.testing.assert_array_equal([first, *np.random.randn(2)], expected)


def test_a_bit_generator_that_was_fetched_before_keeps_its_state_and_stays_global():
    fetched = np.random.get_bit_generator()
    key, place = fetched.state["state"]["key"].copy(), fetched.state["state"]["pos"]
    check_dropout(of(ChangesEverything), depth="quick")
    assert np.random.get_bit_generator() is fetched
    np.testing.assert_array_equal(fetched.state["state"]["key"], key)
    assert fetched.state["state"]["pos"] == place


def test_pythons_state_is_restored():
    users = random.getstate()
    random.seed("one that no other test leaves behind")
    before = random.getstate()
    check_dropout(of(ChangesEverything), depth="quick")
    after = random.getstate()
    random.setstate(users)
    assert after == before


def test_pytorchs_state_is_restored(torch):
    before = torch.random.get_rng_state()
    check_dropout(of(torch.nn.Dropout), depth="quick")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_settings_are_restored():
    before = {setting.name: setting.get() for setting in SETTINGS}
    assert "A_VARIABLE_OF_A_LAYER" not in before["the environment variables"]  # left by an earlier check
    assert before["NumPy's printing"]["precision"] != 2
    check_dropout(of(ChangesEverything))
    assert {setting.name: setting.get() for setting in SETTINGS} == before
