"""Every example runs, without a warning, and prints what it is there to show."""

import subprocess
import sys
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
    "5_compare_with_and_without_dropout.py": ["seed 3: test accuracy", "points of test accuracy (95 % interval"],
    "6_how_sure_is_it.py": ["p = 0.1, kept ones x 1.111", "exceeds each inside: True", "as before: True"],
    "8_replay_a_backward_pass.py": ["waiting for 1 more consumer", "grad[0, 1]: −1 + −2 = −3", "with the bug"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_an_example_shows_what_it_says(name, tmp_path):
    command = [sys.executable, "-W", "error", str(EXAMPLES / name)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert run.returncode == 0, run.stderr
    for words in SHOWN[name]:
        assert words in run.stdout
