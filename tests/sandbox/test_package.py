"""A package imported from source texts behaves as if it were on disk, and leaves nothing behind."""

import sys
import traceback

import pytest

from tinygrad_dropout.sandbox import import_package
from tinygrad_dropout.sandbox.package import FINDER


@pytest.fixture(autouse=True)
def clean_up():
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "stranger"]:
        del sys.modules[name]
    FINDER.hold("stranger", {})


def modules():
    return sorted(name for name in sys.modules if name.partition(".")[0] == "stranger")


def test_the_names_in_its_init_are_returned():
    names = import_package("stranger", {"__init__.py": "from stranger.a import x\ny = x + 1", "a.py": "x = 1"})
    assert (names["x"], names["y"]) == (1, 2)


def test_consecutive_packages_share_nothing():
    first = import_package("stranger", {"__init__.py": "from .a import f", "a.py": "def f(): return 1", "b.py": ""})
    second = import_package("stranger", {"__init__.py": "from .a import f", "a.py": "def f(): return 2"})
    assert (first["f"](), second["f"]()) == (1, 2)
    with pytest.raises(ModuleNotFoundError, match=r"stranger\.b"):
        import_package("stranger", {"__init__.py": "import stranger.b"})


@pytest.mark.parametrize(
    "files",
    [
        {"__init__.py": "from .inner.deep.a import x", "inner/__init__.py": "", "inner/deep/__init__.py": "",
         "inner/deep/a.py": "x = 1"},
        {"__init__.py": "from .inner.deep.a import x", "inner/deep/a.py": "x = 1"},
        {"__init__.py": "from .inner import x", "inner/__init__.py": "from .b.a import x", "inner/b/a.py": "x = 1"},
        {"__init__.py": "from .inner.deep.a import x", "inner/deep/a.py": "from ...b import x", "b.py": "x = 1"},
    ],
    ids=["each with an __init__", "none with one", "one with one", "an import from two above"],
)  # fmt: skip
def test_folders_are_packages(files):
    assert import_package("stranger", files)["x"] == 1


def test_a_folder_does_not_run_the_code_of_the_package_again():
    files = {"__init__.py": "import stranger.inner.a\ncount = stranger.inner.a.count", "inner/a.py": "count = 1"}
    assert import_package("stranger", files)["count"] == 1
    assert not hasattr(sys.modules["stranger.inner"], "count")


def test_an_import_inside_a_function_finds_the_package_later():
    names = import_package("stranger", {"__init__.py": "def f():\n    from .a import x\n    return x", "a.py": "x = 1"})
    assert "stranger.a" not in sys.modules
    assert names["f"]() == 1


def test_a_package_without_an_init_is_empty():
    assert "x" not in import_package("stranger", {"a.py": "x = 1"})


def test_a_failed_import_does_not_disturb_the_next():
    with pytest.raises(ValueError, match="so it is"):
        import_package(
            "stranger", {"__init__.py": "from . import a, b", "a.py": "", "b.py": "raise ValueError('so it is')"}
        )
    assert "stranger" not in modules()
    assert "stranger.b" not in modules()
    assert import_package("stranger", {"__init__.py": "from .b import x", "b.py": "x = 1"})["x"] == 1
    assert modules() == ["stranger", "stranger.b"]


def test_invalid_python_is_refused_before_anything_runs():
    import_package("stranger", {"__init__.py": "x = 1"})
    with pytest.raises(SyntaxError) as raised:
        import_package("stranger", {"__init__.py": "print('it runs')", "inner/a.py": "x = 1\nx ="})
    assert (raised.value.filename, raised.value.lineno) == ("stranger/inner/a.py", 2)


def test_a_traceback_names_files_by_their_paths_in_the_package():
    files = {"__init__.py": "from .inner.a import f", "inner/a.py": "def f():\n    return 1 / 0"}
    with pytest.raises(ZeroDivisionError) as raised:
        import_package("stranger", files)["f"]()
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.name) == ("stranger/inner/a.py", 2, "f")


def test_a_circular_import_is_reported_as_circular():
    files = {"__init__.py": "from .a import x", "a.py": "from .b import y\nx = 1", "b.py": "from .a import x\ny = 1"}
    with pytest.raises(ImportError, match="most likely due to a circular import"):
        import_package("stranger", files)


def test_other_imports_are_left_to_python():
    assert FINDER.find_spec("json", None) is None
    assert (
        import_package("stranger", {"__init__.py": "import json.decoder"})["json"].decoder
        is sys.modules["json.decoder"]
    )
    with pytest.raises(ModuleNotFoundError):
        import_package("stranger", {"__init__.py": "import stranger_of_another_name"})


def test_the_finder_is_installed_only_once():
    for _ in range(3):
        import_package("stranger", {"__init__.py": ""})
    assert sys.meta_path.count(FINDER) == 1
