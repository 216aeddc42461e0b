"""The notebooks run, print what is kept in them, and can be read without being run."""

import re
import shlex

import nbformat
import pytest
from make_notebooks import EXAMPLES, NOTEBOOKS, code_cells, executed, read, shown
from nbclient.exceptions import CellExecutionError

from tinygrad_dropout import cli

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

ELSEWHERE = re.compile(r"/tmp/|/home/|/root/|/Users/|[A-Z]:\\|ipykernel_|Traceback|Warning:")
LARGEST = 1_500_000  # bytes


def text_of(path, kind):
    """The source of all cells of one kind."""
    return "\n".join(cell.source for cell in read(path).cells if cell.cell_type == kind)


@each_notebook
def test_a_notebook_shows_what_is_kept_in_it(path):
    for now, kept in zip(code_cells(executed(path)), code_cells(read(path)), strict=True):
        assert shown(now) == shown(kept) | {"warned": ""}, "python docs/make_notebooks.py writes what is shown now"


@each_notebook
def test_it_was_kept_after_one_run_from_top_to_bottom(path):
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@each_notebook
def test_it_is_a_valid_notebook_of_python_3_and_small(path):
    nbformat.validate(read(path))
    assert read(path).metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert path.stat().st_size < LARGEST


@each_notebook
def test_nothing_kept_names_a_place_on_the_machine_or_a_warning(path):
    outputs = [output for cell in code_cells(read(path)) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "execute_result", "display_data"}
    texts = [output.get("text", "") for output in outputs]
    texts += [text for output in outputs for kind, text in output.get("data", {}).items() if kind != "image/png"]
    assert [found for text in texts for found in ELSEWHERE.findall(text)] == []


@each_notebook
def test_its_links_lead_to_files_and_to_its_own_headings(path):
    text = text_of(path, "markdown")
    headings = {f"#{heading.replace(' ', '-')}" for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    targets = set(re.findall(r"\]\(([^)\s]+)\)", text))
    assert {target for target in targets if target not in headings and not (EXAMPLES / target).exists()} == set()


@each_notebook
def test_its_commands_parse(path):
    commands = re.findall(r"(?:`|^ {4})(tinygrad-dropout [^`\n]+)", text_of(path, "markdown"), re.MULTILINE)
    assert commands
    for command in commands:
        assert cli.parse(shlex.split(command)[1:]).run


def test_the_numbers_of_the_examples_continue_without_a_gap():
    files = [*EXAMPLES.glob("*.py"), *NOTEBOOKS]
    assert sorted(int(file.name.partition("_")[0]) for file in files) == list(range(len(files)))


def test_the_tour_shows_two_replays_and_the_heart_of_the_one_page():
    cells = code_cells(read(EXAMPLES / "11_a_tour_of_backprop.ipynb"))
    pages = [
        data["text/html"]
        for cell in cells
        for output in cell.outputs
        if "text/html" in (data := output.get("data", {}))
    ]
    assert ["<iframe" in page for page in pages] == [True, True]
    assert "gradients.get(parent, 0) + unbroadcast(" in "".join(shown(cell)["text"] for cell in cells)


def test_dropout_is_in_ten_pictures_one_under_each_numbered_heading():
    path = EXAMPLES / "12_dropout_in_ten_pictures.ipynb"
    pictures = [0]
    for cell in read(path).cells:
        if cell.cell_type == "code":
            pictures[-1] += shown(cell)["pictures"]
        elif re.match(r"## \d+\. ", cell.source):
            pictures.append(0)
    assert pictures == [0, *[1] * 10]


def output(kind, **content):
    """An output of a cell."""
    return nbformat.v4.new_output(kind, **content)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ([output("stream", name="stdout", text="a\n"), output("stream", name="stdout", text="b")], {"text": "a\nb"}),
        ([output("stream", name="stderr", text="careful")], {"warned": "careful"}),
        ([output("execute_result", data={"text/plain": "3"})], {"text": "3"}),
        ([output("execute_result", data={"text/plain": "3", "text/html": "<p>3"})], {"text": "3", "pages": 1}),
        ([output("display_data", data={"text/plain": "<Figure size 9x3>", "image/png": ""})], {"pictures": 1}),
    ],
)
def test_what_a_cell_shows_is_its_text_and_how_many_pictures_and_pages(outputs, expected):
    cell = nbformat.v4.new_code_cell(outputs=outputs)
    assert shown(cell) == {"text": "", "warned": "", "pictures": 0, "pages": 0} | expected


def test_a_cell_that_fails_is_an_error(tmp_path):
    path = tmp_path / "failing.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed(path)
