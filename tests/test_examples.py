"""Every example runs, without a warning, and prints what it is there to show."""

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

SHOWN = {
    "0_the_whole_idea.py": [
        "dL/dx    6    0    0    0   10   18", "with noisy labels, dropout helps.",
        "with clean labels, dropout shows no gain.",
    ],
    "1_one_neuron.py": ["dL/dw1 by hand +0.523669  backward() +0.523669", "dL/db  by hand -0.261834"],
    "2_tensor_graph.py": ["dL/da = 2 dL/db   = [10. 18.]", "after zero_grad(): None", "retain_graph=True"],
    "3_train_an_mlp.py": ["accuracy on the training points: 9"],
    "4_dropout_mask.py": ["get the first forward's gradient: True"],
    "7_is_this_dropout_right.py": ["[scale-is-1/p]", "[shared-by-rows]", "This dropout is right."],
    "5_compare_with_and_without_dropout.py": [
        "seed 3, with dropout: test accuracy",
        "points of test accuracy (95% interval",
    ],
    "6_how_sure_is_it.py": ["p = 0.1, kept ones x 1.111", "exceeds each inside: True", "as before: True"],
    "9_train_on_your_own_data.py": ["district=hills", "4,737 parameters", "predicts the same: True", "95% intervals"],
    "10_scikit_learn.py": ["dropout 0.5: accuracy 0.7", "chosen: 0.5", "accuracy of the more certain half: 0.9"],
    "8_replay_a_backward_pass.py": ["waiting for 1 more consumer", "grad[0, 1]: −1 + −2 = −3", "with the bug"],
}  # fmt: skip


def run(folder, name, *arguments, warnings="error"):
    command = [sys.executable, "-W", warnings, str(EXAMPLES / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_an_example_shows_what_it_says(name, tmp_path):
    done = run(tmp_path, name)
    assert done.returncode == 0, done.stderr
    for words in SHOWN[name]:
        assert words in done.stdout


def test_a_grid_search_runs_on_a_dask_cluster_and_finds_the_same(tmp_path):
    if find_spec("distributed") is None and not os.environ.get("REQUIRE_DASK"):
        pytest.skip("distributed is not installed")
    here, on_dask = (
        run(tmp_path, "10_scikit_learn.py"),
        run(tmp_path, "10_scikit_learn.py", "--dask", warnings="default"),
    )
    assert on_dask.returncode == 0, on_dask.stderr
    assert on_dask.stdout == "searched on a Dask cluster of 2 workers\n" + here.stdout


TABLE = "age,town,rent\n" + "3,Ulm,500\n40,Bonn,700\n" * 10


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (None, "No such file"),
        ("", "a header and at least 10 rows"),
        (TABLE.replace("40,Bonn", "40", 1), "at least 10 rows of 3 cells"),
        (TABLE.replace("40,", ",", 1), "age: expected a number in row 2, got ''"),
        (TABLE.replace("40,", "inf,", 1), "age: expected a number in row 2, got 'inf'"),
        (TABLE.replace("500", "cheap"), "rent: expected a number in row 1, got 'cheap'"),
        (b"\xff\xfe\x00", "codec can't decode"),
    ],
)
def test_a_table_that_cannot_be_learned_from_is_one_sentence(table, words, tmp_path, monkeypatch, capsys):
    file = tmp_path / "table.csv"
    if table is not None:
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
    monkeypatch.setattr(sys, "argv", ["example", str(file)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(EXAMPLES / "9_train_on_your_own_data.py"), run_name="__main__")
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    assert err.startswith(f"{file} cannot be read: ")
    assert words in err
    assert err.count("\n") == 1


def test_a_table_of_your_own_is_learned_from(tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    done = run(tmp_path, "9_train_on_your_own_data.py", "table.csv")
    assert done.returncode == 0, done.stderr
    assert "table.csv: 20 rows, 3 features: age, town=Bonn, town=Ulm" in done.stdout
    assert (tmp_path / "table.model.npz").exists()
