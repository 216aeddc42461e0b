"""The lines of code that a recording shows, for a short script and for a long one."""

import ast
import linecache

import pytest

import tinygrad_dropout as td
from tinygrad_dropout import study
from tinygrad_dropout.study.page.code import code_data, lines_to_show
from tinygrad_dropout.study.script import EXAMPLE, run_script

PADDING = "\n".join(f"unused_{number} = {number}" for number in range(60))

SCRIPT = f'''"""A script."""

import numpy as np
import tinygrad_dropout as td
from tinygrad_dropout import nn

{PADDING}


class Net(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x).relu()


def other():
    x = "of another function"
    model = x
    return model


def train(
    model,
):
    x = td.Tensor(
        np.ones((4, 3), dtype=np.float32)
    )
    if True:
        out = model(x)
    loss = out.mean()
    loss.backward()


model = Net()
train(model)
'''


def recorded(source, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(source, "utf-8")
    linecache.checkcache()
    return run_script(path).replay.passes[0]


def texts(recorded):
    return [text for file in code_data(recorded) for _, text, *_ in file["lines"]]


def test_a_short_script_is_shown_without_its_docstring_and_imports():
    (recorded,) = run_script(EXAMPLE, ["0.4", "0"]).replay.passes
    (file,) = code_data(recorded)
    lines = EXAMPLE.read_text("utf-8").splitlines()
    assert file["name"] == "example.py"
    assert [line for line, *_ in file["lines"]] == list(
        range(lines.index("p, seed = float(sys.argv[1]), int(sys.argv[2])") + 1, len(lines) + 1)
    )
    assert [text for _, text, *_ in file["lines"]] == lines[-len(file["lines"]) :]


def test_each_line_has_the_nodes_that_it_made_and_whether_it_called_backward():
    (recorded,) = run_script(EXAMPLE, ["0.4", "0"]).replay.passes
    (file,) = code_data(recorded)
    made = {text: [recorded.nodes[index].name for index in indices] for _, text, indices, _ in file["lines"] if indices}
    assert made == {
        "logits = model(x)": ["linear_1", "relu_1", "dropout_1", "linear_2", "relu_2", "dropout_2", "logits"],
        "loss = td.functional.cross_entropy(logits, labels)": ["loss"],
    }
    assert [text for _, text, _, calls in file["lines"] if calls] == ["loss.backward()"]


def test_a_long_script_shows_the_lines_that_the_graph_comes_from(tmp_path):
    assert texts(recorded(SCRIPT, tmp_path)) == [
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        self.layer = nn.Linear(3, 2)",
        "    def forward(self, x):",
        "        return self.layer(x).relu()",
        "def train(",
        "    model,",
        "):",
        "    x = td.Tensor(",
        "        np.ones((4, 3), dtype=np.float32)",
        "    )",
        "    if True:",
        "        out = model(x)",
        "    loss = out.mean()",
        "    loss.backward()",
        "model = Net()",
    ]


def test_the_line_numbers_match_the_file(tmp_path):
    (file,) = code_data(recorded(SCRIPT, tmp_path))
    lines = SCRIPT.splitlines()
    assert all(lines[number - 1] == text for number, text, *_ in file["lines"])


def test_a_file_that_has_changed_shows_only_the_recorded_lines(tmp_path):
    first = recorded(SCRIPT, tmp_path)
    (tmp_path / "script.py").write_text("# all new\n" * 200, "utf-8")
    linecache.checkcache()
    assert texts(first) == ["return self.layer(x).relu()", "loss = out.mean()", "loss.backward()"]


def test_a_prompt_that_does_not_keep_its_lines_has_no_code():
    names = {"td": td, "study": study}
    source = "with study.record() as replay:\n    td.Tensor([1.0], requires_grad=True).sum().backward()"
    exec(compile(source, "<stdin>", "exec"), names)
    assert code_data(names["replay"].passes[0]) == []


def test_a_cell_with_a_magic_command_shows_the_marked_lines():
    lines = ["%timeit 1", *["pass"] * 60]
    with pytest.raises(SyntaxError):
        ast.parse("\n".join(lines))
    assert lines_to_show(lines, {7}) == {7}
