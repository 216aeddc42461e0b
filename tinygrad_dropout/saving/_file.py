"""td.save and td.load: which format a path asks for, and what is said where a file is not what it should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tinygrad_dropout.errors import CheckpointError
from tinygrad_dropout.saving._atomic import write_safely
from tinygrad_dropout.saving._npz import read_npz, write_npz
from tinygrad_dropout.saving._safetensors import read_safetensors, write_safetensors


def save(obj: Any, path: str | os.PathLike[str]) -> None:
    """Save an object: a state_dict, or one dict that holds everything a training run needs to go on.

        td.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, "run.npz")

    Nothing is pickled. Until the new file is complete, a file that was there stays as it was, whether the disk is full
    or the process is killed.

    Args:
        obj: dicts with strings as keys, lists and tuples, nested, of arrays, numbers, strings, booleans and None.
            A NumPy number comes back as a Python number.
        path: where to. If it ends in `.safetensors`, the file is one of that format, for flat dicts of arrays only
            (needs the extra `safetensors`); otherwise it is an npz file, which `np.load` can look into.

    Raises:
        TypeError, ValueError: the object holds what cannot be saved.
        OSError: the file cannot be written.
    """
    path = Path(path)
    write = write_safetensors if path.suffix == ".safetensors" else write_npz
    write_safely(path, lambda file: write(file, obj))


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save` saved (or, from a `.safetensors` file, what anyone saved). The arrays are new.

    The file may come from a stranger: nothing in it is executed, and no memory is taken for what it only declares.

    Args:
        path: the file; `.safetensors` is read as that format, anything else as npz.

    Raises:
        CheckpointError: the file is damaged, is of another kind or was written by a newer version.
        OSError: the file cannot be opened.
    """
    path = Path(path)
    read = read_safetensors if path.suffix == ".safetensors" else read_npz
    with path.open("rb") as file:
        try:
            return read(file)
        except (ImportError, MemoryError):  # not the file's fault
            raise
        except Exception as error:  # a damaged file can make the decoders raise nearly anything
            found = " ".join(str(error).split())
            if not found.startswith("expected"):
                found = f"expected a whole file of its kind, found damage ({type(error).__name__}: {found[:200]})"
            raise CheckpointError(str(path), found) from error
