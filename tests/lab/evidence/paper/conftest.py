"""What the tests of the networks on MNIST share."""

import pytest

from tests.lab.evidence.paper.small import write_files


@pytest.fixture(scope="session")
def mnist(tmp_path_factory):
    """The folder of four small files."""
    return write_files(tmp_path_factory.mktemp("mnist"))
