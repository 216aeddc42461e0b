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


def ipython(names):
    """What is imported as IPython in a kernel that has these names for the files of cells."""
    compiler = SimpleNamespace(format_code_name=lambda file: ("Cell", names[file]) if file in names else None)
    return SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=compiler))


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        (ipython({__file__: "In[3]"}), "In[3]"),
        (ipython({"another.py": "In[3]"}), __file__),
        (SimpleNamespace(get_ipython=lambda: None), __file__),  # imported, but this is no notebook
        (SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=None)), __file__),  # IPython 7 has no such names
        (None, __file__),
    ],
)
def test_the_cell_of_a_notebook_goes_by_its_number(imported, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", imported)
    assert _frames.file_of(sys._getframe()) == name
