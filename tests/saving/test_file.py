"""td.save and td.load: objects come back unchanged, resumed training has the same bits, and errors."""

import io
import os
import signal
import subprocess
import sys
from collections import OrderedDict
from enum import IntEnum
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.saving import hostile
from tests.saving.objects import everything, same
from tests.saving.training import PLACES, Run
from tinygrad_dropout import nn
from tinygrad_dropout.saving import _npz

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("key", everything())
def test_objects_come_back_unchanged(tmp_path, key):
    obj = everything()[key]
    td.save(obj, tmp_path / "file.npz")
    assert same(td.load(tmp_path / "file.npz"), obj)


@pytest.mark.parametrize("wrap", [lambda obj: [obj], lambda obj: (obj,), lambda obj: {"a": obj}])
def test_fifty_nested_containers_can_be_saved_but_not_more(tmp_path, wrap):
    obj = 1
    for _ in range(50):
        obj = wrap(obj)
    td.save(obj, tmp_path / "file")
    assert same(td.load(tmp_path / "file"), obj)
    with pytest.raises(ValueError, match="at most 50 nested containers"):
        td.save(wrap(obj), tmp_path / "file")


def test_the_error_for_a_file_of_np_savez_says_what_is_in_it(tmp_path):
    np.savez(tmp_path / "file.npz", a=1, b=2, c=3, d=4)
    with pytest.raises(td.CheckpointError) as caught:
        td.load(tmp_path / "file.npz")
    assert str(caught.value) == (
        f"load: {tmp_path / 'file.npz'} cannot be read: expected a file that td.save wrote, "
        "with a structure.json in it, found ['a.npy', 'b.npy', 'c.npy']"
    )


@pytest.mark.parametrize("name", ["checkpoint", "checkpoint.zip", "checkpoint.safetensors.npz", ".safetensors", ".a"])
def test_the_path_can_be_a_string_with_any_name(tmp_path, name):
    td.save({"a": 1}, f"{tmp_path}/{name}")
    assert td.load(f"{tmp_path}/{name}") == {"a": 1}
    assert os.listdir(tmp_path) == [name]


def test_a_dict_can_have_many_keys(tmp_path):
    obj = {str(number): number for number in range(1000)}
    td.save(obj, tmp_path / "file")
    assert same(td.load(tmp_path / "file"), obj)


def test_a_zip_repacked_by_another_program_is_read(tmp_path):
    """For example, by a program that flags its names as UTF-8."""
    td.save([np.arange(3), 5], tmp_path / "file")
    (tmp_path / "again").write_bytes(hostile.flagged((tmp_path / "file").read_bytes(), 0x800))
    assert same(td.load(tmp_path / "again"), [np.arange(3), 5])


def test_the_same_object_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        td.save(everything(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_numpys_numbers_and_strings_come_back_as_pythons(tmp_path):
    td.save([np.float32(0.1), np.int64(3), np.bool_(True), np.float64(0.5), np.str_("a")], tmp_path / "file")
    assert same(td.load(tmp_path / "file"), [float(np.float32(0.1)), 3, True, 0.5, "a"])


def test_a_loaded_array_is_writable_and_not_a_view(tmp_path):
    td.save(everything()["shapes"], tmp_path / "file")
    for array in td.load(tmp_path / "file"):
        assert array.flags.writeable
        assert array.flags.owndata


def test_np_load_can_open_the_file(tmp_path):
    array = np.arange(6.0).reshape(2, 3)
    td.save({"weights": array}, tmp_path / "file.npz")
    with np.load(tmp_path / "file.npz", allow_pickle=False) as loaded:
        np.testing.assert_array_equal(loaded["0"], array)


# A training run that is stopped and resumed ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
def test_resumed_training_continues_bit_for_bit(tmp_path, kind):
    straight = Run(kind)
    straight.train(15)
    td.save(straight.state(), tmp_path / "half.npz")
    straight.train(15)

    td.manual_seed(99)
    resumed = Run(kind)
    resumed.train(3)
    resumed.resume(td.load(tmp_path / "half.npz"))
    resumed.train(15)
    assert same(resumed.state(), straight.state())


@pytest.mark.skipif(os.name != "posix", reason="kills itself with SIGKILL")
@pytest.mark.parametrize("place", PLACES)
def test_training_killed_during_a_save_resumes_from_the_previous_save(tmp_path, place):
    def training(file, *arguments) -> int:
        command = [sys.executable, "-m", "tests.saving.training", str(tmp_path / file), *arguments]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode

    assert training("straight", "30") == 0
    assert training("killed", "20", place) == -signal.SIGKILL
    assert td.load(tmp_path / "killed")["position"]["step"] == 10
    assert training("killed", "30") == 0
    assert same(td.load(tmp_path / "killed"), td.load(tmp_path / "straight"))


def test_a_checkpoint_of_another_architecture_raises_the_error_of_load_state_dict(tmp_path):
    td.save(nn.Linear(3, 4).state_dict(), tmp_path / "file")
    with pytest.raises(td.ShapeError, match=r'load_state_dict: expected "weight" to have shape \(4, 2\), got \(4, 3\)'):
        nn.Linear(2, 4).load_state_dict(td.load(tmp_path / "file"))
    with pytest.raises(KeyError, match=r"load_state_dict: .*Sequential.*missing \['0.weight', '0.bias'\]"):
        nn.Sequential(nn.Linear(3, 4)).load_state_dict(td.load(tmp_path / "file"))


# What cannot be saved -------------------------------------------------------------------------------------------------


class Color(IntEnum):
    RED = 1


LOOP: list = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("obj", "error", "words"),
    [
        (td.tensor([1.0]), TypeError, r"got Tensor at obj; save its numpy\(\)"),
        ({"net": [nn.Linear(1, 1)]}, TypeError, r"got Linear at obj\['net'\]\[0\]; save its state_dict\(\)"),
        ({"f": print}, TypeError, r"got builtin_function_or_method at obj\['f'\]"),
        ({1: 2}, TypeError, "expected strings as the keys of obj, got 1, of type int"),
        ([np.array([None])], TypeError, r"an array of dtype object at obj\[0\]"),
        (np.array(["a"]), TypeError, "an array of dtype <U1"),
        (np.ma.array([1.0]), TypeError, "got MaskedArray at obj; make it a plain ndarray"),
        (1j, TypeError, "got complex at obj$"),
        ({1, 2}, TypeError, "got set at obj$"),
        (OrderedDict(a=1), TypeError, "got OrderedDict at obj; make it a plain dict"),
        (Color.RED, TypeError, "got Color at obj; make it a plain int"),
        ([10**5000], ValueError, r"an integer of at most 14,000 bits at obj\[0\], got a longer one"),
        (LOOP, ValueError, "at most 50 nested containers"),
        (["x" * 2**22], ValueError, "at most 4,194,304 bytes of text and 65,534 arrays, .*put long lists of numbers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_error_names_a_value_that_cannot_be_saved_and_the_old_file_is_kept(tmp_path, obj, error, words):
    td.save("old", tmp_path / "file")
    with pytest.raises(error, match=words):
        td.save(obj, tmp_path / "file")
    assert td.load(tmp_path / "file") == "old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("path", [{"a": 1}, 3, io.BytesIO(), b"file"])
def test_the_error_names_the_type_of_a_wrong_path(tmp_path, path):
    given = type(path).__name__
    with pytest.raises(TypeError, match=rf"^save: expected a path .*, got {given}; the object comes first, td"):
        td.save("file", path)
    with pytest.raises(TypeError, match=rf"^load: expected a path .*, got {given}$"):
        td.load(path)


def test_there_can_be_as_many_arrays_as_a_zip_has_room_for(tmp_path, monkeypatch):
    monkeypatch.setattr(_npz, "MAX_MEMBERS", 4)
    for count in (3, 4, 5):
        arrays = [np.full(1, number) for number in range(count)]
        if count == 3:
            td.save(arrays, tmp_path / "file")
            continue
        with pytest.raises(
            ValueError, match=rf"at most 4,194,304 bytes of text and 3 arrays, got \d+ and {count}: put"
        ):
            td.save(arrays, tmp_path / "file")
    assert same(td.load(tmp_path / "file"), [np.full(1, number) for number in range(3)])


def test_a_missing_file_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        td.load(tmp_path / "nothing.npz")
