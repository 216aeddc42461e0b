"""Copy as Python: the script trains the same two networks, to the same bits."""

import subprocess
import sys

import pytest

from tinygrad_dropout.play.script import as_python
from tinygrad_dropout.play.settings import Settings
from tinygrad_dropout.play.training import Training

DIGEST = """
import hashlib
print(*(hashlib.sha256(b"".join(array.tobytes() for array in model.state_dict().values())).hexdigest()
        for model in networks.models.values()))
"""


def digests(training):
    import hashlib

    models = training.networks.models.values()
    return [hashlib.sha256(b"".join(a.tobytes() for a in model.state_dict().values())).hexdigest() for model in models]


def run(script, tmp_path):
    (tmp_path / "copied.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "copied.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def with_changes(settings, *parts):
    """A training with steps and changes in turn."""
    training = Training(settings)
    for part in parts:
        training.change(part) if isinstance(part, dict) else training.train(part)
    return training


DRAWN = tuple((round(0.37 * k % 5 - 2.5, 2), round(0.61 * k % 5 - 2.5, 2), k % 2) for k in range(20))


@pytest.mark.parametrize(
    "training",
    [
        with_changes(Settings(width=64, points=40), 40),
        with_changes(
            Settings(width=8, depth=3, input_p=0.2, data="spirals", label_noise=0.2),
            *(7, {"p": 0.1}, {"lr": 0.05}, 6, {"optimizer": "momentum"}, {"p": 0.9, "batch_size": 5}, 5),
            *({"scaling": "test"}, 9),
        ),
        with_changes(Settings(data="drawn", drawn=DRAWN, width=4, optimizer="sgd"), 30, {"input_p": 0.5}, 8),
    ],
    ids=["wide", "changes", "drawn"],
)  # fmt: skip
def test_the_script_gives_the_same_bits(training, tmp_path):
    *table, bits = run(as_python(training) + DIGEST, tmp_path).splitlines()
    assert bits.split() == digests(training)
    assert [line.split()[:3] for line in table] == [
        [name, "dropout", part] for name in ("without", "with") for part in ("train", "test")
    ]


def test_after_a_reset_the_changes_belong_to_the_settings():
    training = with_changes(Settings(width=4), 5, {"p": 0.125}, 5)
    assert "(5, 'p', 0.125)" in as_python(training)
    training.reset()
    training.train(3)
    script = as_python(training)
    assert "changes = []" in script
    assert "    p=0.125,\n" in script
    assert "range(3)" in script


def test_the_script_reads_as_if_written_by_hand():
    script = as_python(with_changes(Settings(width=4), 5, {"p": 0.125}, 5))
    compile(script, "copied.py", "exec")
    assert script.startswith('"""Two networks')
    assert max(map(len, script.splitlines())) <= 120
    imports = script[script.index("import ") : script.index("\n\n\n")]
    assert "from tinygrad_dropout.play.datasets import make_points\n" in imports
