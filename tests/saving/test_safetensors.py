"""The safetensors format: weights move to PyTorch and back, other values are refused, the library is optional."""

import re
import sys

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.saving.objects import everything, same
from tinygrad_dropout import nn

library = pytest.importorskip("safetensors.numpy")


def test_a_flat_dict_of_arrays_comes_back_writable(tmp_path):
    arrays = everything()["arrays"]
    arrays = {key: array for key, array in arrays.items() if key[0] != ">" and array.dtype.itemsize <= 8}
    arrays |= {str(index): array for index, array in enumerate(everything()["shapes"])}
    td.save(arrays, tmp_path / "file.safetensors")
    loaded = td.load(tmp_path / "file.safetensors")
    assert same(dict(sorted(loaded.items())), dict(sorted(arrays.items())))
    assert all(array.flags.writeable for array in loaded.values())
    theirs = library.load_file(tmp_path / "file.safetensors")
    assert same(dict(sorted(theirs.items())), dict(sorted(arrays.items())))


@pytest.mark.parametrize("array", [everything()["orders"][0], everything()["orders"][1], np.array([1.5, 2], ">f4")])
def test_the_order_in_memory_does_not_matter(tmp_path, array):
    td.save({"a": array}, tmp_path / "file.safetensors")
    np.testing.assert_array_equal(td.load(tmp_path / "file.safetensors")["a"], array)


def test_weights_move_to_pytorch_and_back(torch, tmp_path):
    from safetensors.torch import load_file, save_file

    ours, theirs = nn.Linear(3, 4), torch.nn.Linear(3, 4)
    td.save(ours.state_dict(), tmp_path / "ours.safetensors")
    theirs.load_state_dict(load_file(tmp_path / "ours.safetensors"))
    np.testing.assert_array_equal(theirs.weight.detach().numpy(), ours.weight.data)
    save_file(torch.nn.Linear(3, 4).state_dict(), tmp_path / "theirs.safetensors")
    ours.load_state_dict(td.load(tmp_path / "theirs.safetensors"))
    np.testing.assert_array_equal(ours.bias.data, load_file(tmp_path / "theirs.safetensors")["bias"].numpy())


@pytest.mark.parametrize(
    ("obj", "words"),
    [
        ([np.ones(1)], "expected a flat dict of arrays by name.*got list"),
        ({"model": {"a": np.ones(1)}}, "got dict at 'model'"),
        ({"lr": 0.1}, "got float at 'lr'"),
        ({"a": np.array(["x"])}, "got dtype <U1 at 'a'"),
        ({"__metadata__": np.ones(1)}, "flat dict"),
    ],
    ids=str,
)
def test_values_that_the_format_does_not_support_are_refused_and_the_old_file_is_kept(tmp_path, obj, words):
    path = tmp_path / "file.safetensors"
    td.save({"a": np.ones(2)}, path)
    with pytest.raises(TypeError, match=words):
        td.save(obj, path)
    assert same(td.load(path), {"a": np.ones(2)})


def damaged(rng: np.random.Generator, whole: bytes) -> bytes:
    """The file with flipped bits, truncated, or with a changed header."""
    kind, length = rng.integers(3), int.from_bytes(whole[:8], "little")
    if kind == 0:
        flipped = np.frombuffer(whole, np.uint8).copy()
        flipped[rng.integers(len(whole), size=3)] ^= np.uint8(1) << rng.integers(8, size=3, dtype=np.uint8)
        return flipped.tobytes()
    if kind == 1:
        return whole[: rng.integers(len(whole))]
    header, place = bytearray(whole[8 : 8 + length]), int(rng.integers(length))
    pieces = [b"9", b"-", b"[", b'"', b"}", b"9" * 20, b"BF16", b"C64", b"\0", b"\xff", b"", b"null", b","]
    header[place : place + int(rng.integers(4))] = pieces[rng.integers(len(pieces))]
    return len(header).to_bytes(8, "little") + bytes(header) + whole[8 + length :]


def test_a_damaged_file_is_refused_or_has_different_numbers(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "file.safetensors"
    td.save({"a": np.ones((2, 3)), "b": np.arange(4), "c": np.array(True)}, path)
    whole = path.read_bytes()
    refused = 0
    for _ in range(600):
        path.write_bytes(damaged(rng, whole))
        try:
            loaded = td.load(path)
        except td.CheckpointError as error:
            refused += 1
            assert re.fullmatch(r"load: \S+ cannot be read: expected .*found .*", str(error))  # noqa: PT017
        else:
            assert all(array.dtype.kind in "biuf" for array in loaded.values())
    assert 500 < refused < 600


def test_complex_numbers_are_refused(tmp_path):
    path, header = tmp_path / "file.safetensors", b'{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(td.CheckpointError, match=r"cannot be read: expected (arrays of real numbers|a complete safe)"):
        td.load(path)


def test_a_header_that_declares_terabytes_is_refused(tmp_path):
    path = tmp_path / "file.safetensors"
    header = b'{"a":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}}'
    for data in (len(header).to_bytes(8, "little") + header, (2**62).to_bytes(8, "little") + header):
        path.write_bytes(data)
        with pytest.raises(td.CheckpointError, match="expected a complete safetensors file, found another kind"):
            td.load(path)


def test_a_dtype_that_numpy_does_not_have_is_named(torch, tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "file.safetensors")
    with pytest.raises(td.CheckpointError, match="expected arrays of dtypes that NumPy has, found 'BF16'"):
        td.load(tmp_path / "file.safetensors")


def test_without_the_library_the_message_says_what_to_type(tmp_path, monkeypatch):
    path = tmp_path / "file.safetensors"
    td.save({"a": np.ones(2)}, path)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r'load: .* pip install "tinygrad-dropout\[safetensors\]"'):
        td.load(path)
    with pytest.raises(ImportError, match=r"save: a .safetensors file needs"):
        td.save({"a": np.ones(3)}, path)
