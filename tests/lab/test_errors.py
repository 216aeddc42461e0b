"""Packages of the extra that are missing: one sentence that says what to type."""

import pytest

from tinygrad_dropout.lab import LabError, errors, require_extras


def test_installed_packages_are_enough():
    require_extras()


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"sklearn"}, "not installed, scikit-learn: type `pip install scikit-learn`"),
        ({"matplotlib", "rich"}, "not installed, matplotlib, rich: type `pip install matplotlib rich`"),
    ],
)
def test_missing_packages_are_named_with_what_to_type(monkeypatch, missing, words):
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name in missing else object())
    with pytest.raises(LabError) as error:
        require_extras()
    assert words in str(error.value)
    assert "tinygrad-dropout compare" in str(error.value)
