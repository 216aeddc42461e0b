"""td.save and td.load: they choose the format from the path, and explain what is wrong with a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tinygrad_dropout.errors import CheckpointError
from tinygrad_dropout.saving._atomic import check_ordinary, write_safely
from tinygrad_dropout.saving._npz import read_npz, write_npz
from tinygrad_dropout.saving._safetensors import read_safetensors, write_safetensors


def save(obj: Any, path: str | os.PathLike[str]) -> None:
    """Save an object: a state_dict, or one dict with everything you need to resume a training run.

        td.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, "run.npz")

    Nothing is pickled. An existing file is replaced only when the new one is complete, so a full disk or a killed
    process never costs you the old file. (A killed process can leave a hidden `.run.npz.<16 characters>.tmp` behind. A
    later save to the same path deletes it.)

    Args:
        obj: nested dicts (with strings as keys), lists and tuples of arrays, numbers, strings, booleans and None.
            NumPy's numbers and strings come back as Python's.
        path: where to save it. If it ends in `.safetensors`, the file has that format, which holds only a flat dict of
            arrays (this needs the extra `safetensors`). Otherwise it is an npz file, which `np.load` can open.

    Raises:
        TypeError, ValueError: the object contains something that cannot be saved.
        OSError: the file cannot be written.
    """
    path = as_path("save", path)
    write = write_safetensors if path.suffix == ".safetensors" else write_npz
    try:
        write_safely(path, lambda file: write(file, obj))
    except OSError as error:
        problem = f"save: the file could not be written ({error.strerror or error}); any file there is unchanged"
        raise OSError(error.errno, problem, str(path)) from error


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save` saved (or, from a `.safetensors` file, what any program saved). The arrays are new.

    You can load a file from a stranger: nothing in it is executed, and sizes that it only declares take no memory.

    Args:
        path: the file. `.safetensors` is read as that format, any other name as npz.

    Raises:
        CheckpointError: the file is damaged, is in another format or was written by a newer version.
        OSError: the file cannot be opened.
    """
    path = as_path("load", path)
    check_ordinary(path)
    is_safetensors = path.suffix == ".safetensors"
    with path.open("rb") as file:
        try:
            return read_safetensors(file) if is_safetensors else read_npz(file)
        except (ImportError, MemoryError):  # not the file's fault
            raise
        except Exception as error:  # a damaged file can make the decoders raise nearly anything
            found = " ".join(str(error).split())
            if not found.startswith("expected"):
                wanted = "safetensors file" if is_safetensors else "file that td.save wrote"
                cause = f"{type(error).__name__}: {found[:200]}"
                found = f"expected a complete {wanted}, found another kind of file or a damaged one ({cause})"
            raise CheckpointError(str(path), found) from error


def as_path(where: str, path: Any) -> Path:
    """Return `path` as a Path, or raise a TypeError if it is not one."""
    if not isinstance(path, str | os.PathLike):
        hint = "; the object comes first, td.save(obj, path)" if where == "save" else ""
        raise TypeError(f"{where}: expected a path (a str or a pathlib.Path), got {type(path).__name__}{hint}")
    return Path(path)
