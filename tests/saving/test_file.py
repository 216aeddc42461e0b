"""td.save and td.load: what goes in comes out, a resumed training has the same bits, and what is refused."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.saving.objects import everything, same
from tinygrad_dropout import nn, optim


@pytest.mark.parametrize("key", everything())
def test_what_goes_in_comes_out(tmp_path, key):
    obj = everything()[key]
    td.save(obj, tmp_path / "file.npz")
    assert same(td.load(tmp_path / "file.npz"), obj)


def test_the_path_may_be_a_string_and_its_name_any(tmp_path):
    td.save({"a": 1}, f"{tmp_path}/checkpoint")
    assert td.load(f"{tmp_path}/checkpoint") == {"a": 1}
    assert os.listdir(tmp_path) == ["checkpoint"]


def test_the_same_object_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        td.save(everything(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_numpys_numbers_come_back_as_pythons(tmp_path):
    td.save([np.float32(0.1), np.int64(3), np.bool_(True), np.float64(0.5)], tmp_path / "file")
    assert same(td.load(tmp_path / "file"), [float(np.float32(0.1)), 3, True, 0.5])


def test_a_loaded_array_can_be_written_to_and_is_no_view(tmp_path):
    td.save(everything()["shapes"], tmp_path / "file")
    for array in td.load(tmp_path / "file"):
        assert array.flags.writeable
        assert array.flags.owndata


def test_np_load_can_look_into_the_file(tmp_path):
    array = np.arange(6.0).reshape(2, 3)
    td.save({"weights": array}, tmp_path / "file.npz")
    with np.load(tmp_path / "file.npz", allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["0"], array)


# A training run that is stopped and resumed ---------------------------------------------------------------------------


class Run:
    """A model with dropout, Adam, a schedule, and batches drawn from a generator of their own."""

    def __init__(self) -> None:
        self.model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
        weights, biases = ([p for p in self.model.parameters() if (p.ndim == 2) == two] for two in (True, False))
        self.optimizer = optim.AdamW([{"params": weights, "weight_decay": 0.1}, {"params": biases}], lr=0.02)
        warm_up = optim.lr_scheduler.LinearLR(self.optimizer, 0.1, total_iters=5)
        fall = optim.lr_scheduler.CosineAnnealingLR(self.optimizer, 25)
        self.schedule = optim.lr_scheduler.SequentialLR(self.optimizer, [warm_up, fall], [5])
        self.batches = np.random.default_rng(5)
        self.step, self.losses = 0, []

    def train(self, steps: int) -> None:
        for _ in range(steps):
            x = self.batches.normal(size=(8, 4)).astype(np.float32)
            loss = nn.CrossEntropyLoss()(self.model(x), (x.sum(axis=1) > 0).astype(int))
            self.optimizer.zero_grad()
            loss.backward()
            optim.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.step += 1
            self.losses.append(loss.item())

    def state(self) -> dict:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "dropout": td.get_rng_state(),
            "batches": td.get_rng_state(self.batches),
            "position": {"step": self.step, "losses": self.losses},
        }

    def resume(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        td.set_rng_state(state["dropout"])
        td.set_rng_state(state["batches"], self.batches)
        self.step, self.losses = state["position"]["step"], state["position"]["losses"]


def test_a_resumed_training_goes_on_bit_for_bit(tmp_path):
    straight = Run()
    straight.train(15)
    td.save(straight.state(), tmp_path / "half.npz")
    straight.train(15)

    td.manual_seed(99)
    resumed = Run()
    resumed.train(3)
    resumed.resume(td.load(tmp_path / "half.npz"))
    resumed.train(15)
    assert same(resumed.state(), straight.state())


def test_a_checkpoint_of_another_architecture_gives_the_error_of_load_state_dict(tmp_path):
    td.save(nn.Linear(3, 4).state_dict(), tmp_path / "file")
    with pytest.raises(td.ShapeError, match=r'load_state_dict: expected "weight" to have shape \(4, 2\), got \(4, 3\)'):
        nn.Linear(2, 4).load_state_dict(td.load(tmp_path / "file"))
    with pytest.raises(KeyError, match=r"load_state_dict: .*Sequential.*missing \['0.weight', '0.bias'\]"):
        nn.Sequential(nn.Linear(3, 4)).load_state_dict(td.load(tmp_path / "file"))


# What cannot be saved -------------------------------------------------------------------------------------------------

LOOP: list = []
LOOP.append(LOOP)
DEEP: list = []
for _ in range(51):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("obj", "error", "words"),
    [
        (td.tensor([1.0]), TypeError, r"got a Tensor at obj; save its numpy\(\)"),
        ({"net": [nn.Linear(1, 1)]}, TypeError, r"got a Linear at obj\['net'\]\[0\]; save its state_dict\(\)"),
        ({"f": print}, TypeError, r"got a builtin_function_or_method at obj\['f'\]"),
        ({1: 2}, TypeError, "expected strings as the keys of obj, got 1"),
        ([np.array([None])], TypeError, r"an array of dtype object at obj\[0\]"),
        (np.array(["a"]), TypeError, "an array of dtype <U1"),
        (np.ma.array([1.0]), TypeError, "a MaskedArray"),
        (1j, TypeError, "got a complex"),
        ({1, 2}, TypeError, "got a set"),
        (LOOP, ValueError, "at most 50 containers in one another"),
        (DEEP, ValueError, "at most 50 containers in one another"),
        (["x" * 2**22], ValueError, "at most 4,194,304 bytes of text.*put long lists of numbers into arrays"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_saved_is_named_and_the_old_file_is_kept(tmp_path, obj, error, words):
    td.save("old", tmp_path / "file")
    with pytest.raises(error, match=words):
        td.save(obj, tmp_path / "file")
    assert td.load(tmp_path / "file") == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_is_not_there_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        td.load(tmp_path / "nothing.npz")


# Written whole or not at all ------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_file(tmp_path):
    """A limit on the size of files stands for the disk."""
    program = """
import resource, signal, sys, numpy as np, tinygrad_dropout as td
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    td.save(np.zeros(100_000), sys.argv[1])
except OSError as error:
    print(error.filename, error.strerror)
"""
    pytest.importorskip("resource")
    path = tmp_path / "file"
    td.save("old", path)
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{path} the file could not be written (File too large); what was there before")
    assert td.load(path) == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_disk_that_fails_at_the_last_moment_leaves_the_old_file(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    td.save("old", tmp_path / "file")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        td.save("new", tmp_path / "file")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "file"))
    assert td.load(tmp_path / "file") == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_kill_in_mid_writing_leaves_the_old_file(tmp_path):
    program = """
import os, signal, sys, numpy as np, tinygrad_dropout as td
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
td.save(np.zeros(100_000), sys.argv[1])
"""
    path = tmp_path / "file"
    td.save("old", path)
    assert subprocess.run([sys.executable, "-c", program, path]).returncode != 0
    assert td.load(path) == "old"


def test_a_link_still_leads_to_the_file(tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "real")
    td.save(1, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert td.load(tmp_path / "real") == 1
