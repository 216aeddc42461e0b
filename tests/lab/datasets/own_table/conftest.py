"""A fixture that writes a table to a file and reads it."""

import pytest

from tinygrad_dropout.lab.datasets.own_table import load_csv


@pytest.fixture
def read(tmp_path):
    """Read a table, and optionally a test table, given as text."""

    def read_text(text, target="species", test=None, **options):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if test is not None:
            (tmp_path / "test.csv").write_text(test)
            options["test"] = tmp_path / "test.csv"
        return load_csv(path, target, **options)

    return read_text
