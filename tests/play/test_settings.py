"""The settings: their valid values, and links that contain them."""

from dataclasses import fields

import pytest

from tinygrad_dropout.play.settings import ALLOWED, WHILE_TRAINING, SettingError, Settings


def test_every_setting_has_a_rule_for_its_values():
    assert [field.name for field in fields(Settings)] == list(ALLOWED)
    assert set(WHILE_TRAINING) < set(ALLOWED)


def test_the_default_settings_are_valid():
    settings = Settings()
    assert settings.changed({name: getattr(settings, name) for name in ALLOWED}) == settings


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"data": "spirals", "p": 0.05, "lr": 0.0123456789, "seed": 4294967295},
        {"weight_decay": 1e-05, "scaling": "test", "optimizer": "momentum"},
        {"data": "drawn", "drawn": [[-1.25, 0.5, 0], [3, -3, 1], [0.0, -0.01, 0]]},
    ],
)
def test_a_link_restores_the_settings(changes):
    settings = Settings().changed(changes)
    assert Settings.from_fragment(settings.as_fragment()) == settings
    assert Settings.from_fragment(f"http://127.0.0.1:8768/token/#{settings.as_fragment()}") == settings
    assert set(settings.as_fragment()) <= set("abcdefghijklmnopqrstuvwxyz0123456789=&._-+")


def test_settings_that_a_link_does_not_mention_have_their_defaults():
    assert Settings.from_fragment("#p=0.2") == Settings(p=0.2)
    assert Settings.from_fragment("") == Settings()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"p": 1.5}, "p: expected a number from 0 to 1, got 1.5"),
        ({"p": "half"}, "p: expected a number from 0 to 1, got 'half'"),
        ({"p": "nan"}, "p: expected a number from 0 to 1, got 'nan'"),
        ({"p": None}, "p: expected a number from 0 to 1, got None"),
        ({"lr": -1}, "lr: expected a number from 0 to 10, got -1"),
        ({"width": 2.5}, "width: expected a whole number from 1 to 64, got 2.5"),
        ({"width": 65}, "width: expected a whole number from 1 to 64, got 65"),
        ({"depth": 0}, "depth: expected a whole number from 1 to 4, got 0"),
        ({"seed": -1}, "seed: expected a whole number from 0 to 4294967295, got -1"),
        ({"seed": "1e400"}, "seed: expected a whole number from 0 to 4294967295, got '1e400'"),
        ({"batch_size": 0}, "batch_size: expected a whole number from 1 to 1000, got 0"),
        ({"data": "mnist"}, "data: expected one of moons, circles, spirals, digits, drawn, got 'mnist'"),
        ({"data": ["moons"]}, "data: expected one of moons, circles, spirals, digits, drawn, got ['moons']"),
        ({"optimizer": "lion"}, "optimizer: expected one of sgd, momentum, adam, got 'lion'"),
        ({"drawn": "1.2"}, "drawn: expected points of x, y and class, got '1.2'"),
        ({"drawn": [[0, 0]]}, "drawn: expected points of x, y and class, got [[0, 0]]"),
        ({"drawn": 7}, "drawn: expected points of x, y and class, got 7"),
        ({"drawn": [[0, 3.5, 1]]}, "drawn: expected points from -3 to 3 of class 0 or 1, got (0.0, 3.5) of 1"),
        ({"drawn": [[0, 0, 2]]}, "drawn: expected points from -3 to 3 of class 0 or 1, got (0.0, 0.0) of 2"),
        ({"drawn": [[0, 0, 1]] * 401}, "drawn: expected at most 400 points, got 401"),
        ({"drawn": [[float("nan"), 0, 1]]}, "drawn: expected points from -3 to 3 of class 0 or 1, got (nan, 0.0) of 1"),
        ({"momentum": 0.9}, f"expected settings among {', '.join(ALLOWED)}; got 'momentum'"),
    ],
)  # fmt: skip
def test_an_invalid_setting_is_refused(changes, message):
    with pytest.raises(SettingError) as caught:
        Settings().changed(changes)
    assert str(caught.value) == message


def test_a_link_with_an_invalid_setting_is_refused():
    with pytest.raises(SettingError, match="p: expected a number"):
        Settings.from_fragment("#data=moons&p=2")
