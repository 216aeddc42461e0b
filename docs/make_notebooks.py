"""Run the notebooks in examples/ and write what they show into them: `python docs/make_notebooks.py`, 20 seconds.

It needs the extra `notebooks`. tests/test_notebooks.py runs them in the same way, and compares what they print.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
SECONDS = 120  # that a cell may take

Notebook = Any  # nbformat has no types


def read(path: Path) -> Notebook:
    """The notebook in its saved form."""
    return nbformat.read(path, as_version=4)


def executed(path: Path) -> Notebook:
    """The notebook with what its cells show in a fresh kernel of this Python.

    Raises:
        CellExecutionError: a cell failed.
    """
    notebook = read(path)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    with clean_environment() as environment:
        client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(path.parent)}})
        client.record_timing = False
        client.coalesce_streams = True  # otherwise, where a text is cut depends on time
        client.create_kernel_manager()
        client.km.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])  # this Python's own kernel, not a user's
        client.execute(env=environment)
    notebook.metadata.language_info = {"name": "python"}  # without the version, which is this machine's
    return notebook


@contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """The environment of a kernel that reads no settings of the user's, and leaves no files."""
    with TemporaryDirectory() as folder:
        settings = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        yield settings | {"IPYTHONDIR": folder, "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}


def code_cells(notebook: Notebook) -> list[Any]:
    """The cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell: Any) -> dict[str, Any]:
    """The output of a cell.

    Returns:
        text: what it printed, and the text of its result; warned: what it wrote to stderr; pictures, pages: how many.
    """
    results = [output.data for output in cell.outputs if "data" in output]
    texts = [output.text for output in cell.outputs if output.get("name") == "stdout"]
    texts += [data["text/plain"] for data in results if "image/png" not in data]
    return {
        "text": "".join(texts),
        "warned": "".join(output.text for output in cell.outputs if output.get("name") == "stderr"),
        "pictures": sum("image/png" in data for data in results),
        "pages": sum("text/html" in data for data in results),
    }


if __name__ == "__main__":
    for path in NOTEBOOKS:
        notebook = executed(path)
        for cell in code_cells(notebook):
            if warning := shown(cell)["warned"]:
                sys.exit(f"{path.name} gave a warning and is unchanged:\n{cell.source}\n\n{warning}")
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
