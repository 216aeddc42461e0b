"""The calling frame: the innermost frame outside the package."""

import sys
from types import SimpleNamespace

import pytest

from tinygrad_dropout.debug import _frames


def test_the_frame_of_a_call_from_outside_is_the_callers():
    assert _frames.calling_frame() is sys._getframe()


def test_if_all_frames_are_inside_the_package_it_is_the_outermost(monkeypatch):
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
def test_the_package_is_recognized_by_its_full_name(module, internal):
    assert _frames.is_internal(SimpleNamespace(f_globals={"__name__": module})) is internal


def test_code_without_a_module_is_outside_the_package():
    assert not _frames.is_internal(SimpleNamespace(f_globals={}))


def ipython(names):
    """A stand-in for IPython in a kernel that gives these names to the files of cells."""
    compiler = SimpleNamespace(format_code_name=lambda file: ("Cell", names[file]) if file in names else None)
    return SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=compiler))


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        (ipython({__file__: "In[3]"}), "In[3]"),
        (ipython({"another.py": "In[3]"}), __file__),
        (SimpleNamespace(get_ipython=lambda: None), __file__),  # imported, but not in a notebook
        (SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=None)), __file__),  # IPython 7 has no such names
        (None, __file__),
    ],
)
def test_a_notebook_cell_is_called_by_its_number(imported, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", imported)
    assert _frames.file_of(sys._getframe()) == name
