"""Whose call it was: the innermost frame that is not the package's own."""

import sys
from types import SimpleNamespace

import pytest

from tinygrad_dropout.debug import _frames


def test_a_call_from_outside_is_the_callers():
    assert _frames.calling_frame() is sys._getframe()


def test_where_all_frames_are_the_packages_it_is_the_outermost(monkeypatch):
    monkeypatch.setattr(_frames, "is_internal", lambda frame: True)
    assert _frames.calling_frame().f_back is None


@pytest.mark.parametrize(
    ("module", "internal"),
    [
        ("tinygrad_dropout", True),
        ("tinygrad_dropout.nn.dropout", True),
        ("tinygrad_dropout_extras", False),
        ("my.tinygrad_dropout", False),
        ("__main__", False),
        (None, False),
    ],
)
def test_the_package_is_told_by_its_whole_name(module, internal):
    assert _frames.is_internal(SimpleNamespace(f_globals={"__name__": module})) is internal


def test_code_without_a_module_is_not_the_packages():
    assert not _frames.is_internal(SimpleNamespace(f_globals={}))
