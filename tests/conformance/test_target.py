"""`file.py:Class` and `package.module:Class` are loaded; a missing target is reported in one sentence."""

import os
import sys

import pytest

from tinygrad_dropout import nn
from tinygrad_dropout.conformance.target import TargetError, load

NULL_BYTES = "ValueError: " if sys.version_info < (3, 11, 4) else ""  # later versions raise a SyntaxError


@pytest.fixture(autouse=True)
def restore_path_and_modules(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", sys.path[:])
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_class_of_an_importable_module():
    assert load("tinygrad_dropout.nn:Dropout") is nn.Dropout


def test_a_class_of_a_file_that_imports_another_file_in_its_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "helper_of_mine.py").write_text("P = 0.25\n")
    (tmp_path / "folder" / "my_layer.py").write_text("from helper_of_mine import P\nclass Mine:\n    p = P\n")
    assert load("folder/my_layer.py:Mine").p == 0.25
    assert load(f"{tmp_path / 'folder' / 'my_layer.py'}:Mine").p == 0.25


def test_a_file_that_an_editor_marked_as_utf_8(tmp_path):
    (tmp_path / "marked.py").write_text("class Mine: pass\n", encoding="utf-8-sig")
    assert load("marked.py:Mine").__name__ == "Mine"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(TargetError, match=r"^expected a file, but pipe\.py is a pipe or a device$"):
        load("pipe.py:Mine")


def test_two_functions_of_a_file(tmp_path):
    (tmp_path / "functions.py").write_text("def forward(x): return 1\n\ndef backward(grad): return 2\n")
    forward, backward = load("functions.py:forward,backward")
    assert (forward(0), backward(0)) == (1, 2)
    assert load("functions.py:forward")(0) == 1


def test_a_class_of_a_module_in_the_current_folder(tmp_path):
    (tmp_path / "module_here.py").write_text("class Mine:\n    class Inner:\n        pass\n")
    assert load("module_here:Mine.Inner").__name__ == "Inner"


@pytest.mark.parametrize("name", ["numpy", "inspect", "random"])
def test_a_file_named_like_a_module_does_not_replace_it(tmp_path, name):
    (tmp_path / f"{name}.py").write_text("import numpy, inspect, random\nclass Mine:\n    pass\n")
    before = sys.modules.get(name)
    assert load(f"{name}.py:Mine").__module__ == f"examined_{name}"
    assert sys.modules.get(name) is before


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("layer.py", "expected path/to/file.py:ClassName or package.module:ClassName, got 'layer.py'"),
        ("layer.py:", "expected path/to/file.py:ClassName"),
        (":Mine", "expected path/to/file.py:ClassName"),
        ("layers.py:forward,", "expected path/to/file.py:ClassName"),
        ("layers.py:forward,backward,more", "expected path/to/file.py:ClassName"),
        ("layers.py:Mine,backward", "layers.py has no backward; the file's classes: Mine, Yours"),
        ("nowhere.py:Mine", "there is no file nowhere.py"),
        ("no_such_package.layers:Mine", "no_such_package.layers cannot be loaded: ModuleNotFoundError"),
        ("layers.py:Other", "layers.py has no Other; the file's classes: Mine, Yours"),
        ("layers.py:number", "number in layers.py is neither a class nor a function; the file's classes: Mine, Yours"),
        ("empty.py:Mine", "empty.py has no Mine"),
        ("broken.py:Mine", "broken.py, line 2 cannot be loaded: "),
        ("raises.py:Mine", "raises.py cannot be loaded: ZeroDivisionError: division by zero"),
        ("leaves.py:Mine", "leaves.py cannot be loaded: SystemExit: 3"),
        ("null.py:Mine", f"null.py cannot be loaded: {NULL_BYTES}source code string cannot contain null bytes"),
        ("utf16.py:Mine", "utf16.py cannot be loaded: "),
        ("folder.py:Mine", "expected a file, but folder.py is a directory"),
        ("folder.py/layers.py:Mine", "there is no file folder.py/layers.py"),
        ("layers.py/layers.py:Mine", "there is no file layers.py/layers.py"),
        ("folder/layers:Mine", "expected a file whose name ends in .py, or package.module, got 'folder/layers'"),
        (f"{'x' * 5000}.py:Mine", "xxx"),
        ("nu\0ll.py:Mine", "nu\\x00ll.py cannot be read: embedded null byte"),
        ("no\x1b[2J.py:Mine", "there is no file no\\x1b[2J.py"),
        ("odd.py:Mine", "odd.py has no Mine; the file's classes: Odd\\u202e"),
    ],
)
def test_a_target_that_cannot_be_loaded_is_reported_in_one_sentence(tmp_path, target, words):
    files = {
        "layers.py": "class Yours: pass\nclass Mine: pass\nnumber = 1\n",
        "empty.py": "",
        "broken.py": "class Mine:\n    def forward(self x):\n        pass\n",
        "raises.py": "1 / 0\n",
        "leaves.py": "import sys\nsys.exit(3)\n",
        "null.py": "class Mine: pass\n\0",
        "odd.py": "globals()['Odd\\u202e'] = type('Odd', (), {})",
    }
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "utf16.py").write_text("class Mine: pass\n", encoding="utf-16")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(TargetError) as caught:
        load(target)
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)
