"""A package as one text: joined and split again, cut at a stage, changed by a diff."""

import pytest

from tinygrad_dropout.drills.bundle import HEADER, changed, files_in, is_bundle, joined, paths_in, up_to

FILES = {"__init__.py": "from framework.a import x\n", "inner/a.py": "x = 1\n\n\ny = 2\n"}


def test_a_package_that_is_joined_and_split_again_is_unchanged():
    assert files_in(joined(FILES)) == FILES


def test_the_text_of_a_file_is_not_a_package():
    assert is_bundle(joined(FILES))
    assert not is_bundle("x = 1")
    assert not is_bundle("# file: answer.py\nx = 1")


def test_a_line_of_code_that_looks_like_a_header_is_not_one():
    files = {"a.py": f"{HEADER}b.py\nx = 1\n{HEADER}c.py\ny = 2\n"}
    assert files_in(joined(files)) == {"a.py": f" {HEADER}b.py\nx = 1\n {HEADER}c.py\ny = 2\n"}


def test_a_name_may_contain_spaces():
    files = {"my notes.py": "x = 1\n", "the folder/a b.py": "y = 2\n"}
    assert files_in(joined(files)) == files


def test_only_python_files_are_part_of_a_package(tmp_path):
    for name in ("a.py", "notes.txt", "inner/b.py", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert paths_in(tmp_path) == ["a.py", "inner/b.py"]


STAGED = {
    "a.py": '"""Both."""\n# stage 1\nx = 1\n    # stage 3\ny = 3\n# stage 1\nz = 1\n',
    "b.py": "# stage 3\nw = 3\n",
}


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (1, {"a.py": '"""Both."""\nx = 1\nz = 1\n'}),
        (3, {"a.py": '"""Both."""\nx = 1\ny = 3\nz = 1\n', "b.py": "w = 3\n"}),
    ],
)
def test_lines_of_a_later_stage_are_left_out(stage, expected):
    assert up_to(stage, STAGED) == expected


def test_lines_are_replaced_in_several_files():
    files = {"a.py": "one\ntwo\nthree\n", "b.py": "four\n"}
    difference = "a.py\n-one\n+1\n-three\n+3\n+3.5\nb.py\n-four\n+4"
    assert changed(files, difference) == {"a.py": "1\ntwo\n3\n3.5\n", "b.py": "4\n"}
    assert files["a.py"] == "one\ntwo\nthree\n"


@pytest.mark.parametrize("difference", ["a.py\n-zero\n+0", "a.py\n-one\n+1", "c.py\n-one\n+1"])
def test_a_line_that_does_not_occur_exactly_once_is_an_error(difference):
    with pytest.raises(ValueError, match=r"expected once in \w\.py"):
        changed({"a.py": "one\none\n"}, difference)
