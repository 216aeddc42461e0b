"""The wheel contains everything that an installed package needs, apart from its modules."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tinygrad_dropout"


def test_every_file_that_is_no_module_is_packaged():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.setuptools.package-data]\n")[2]
    patterns = re.findall(r'"([^"]+)"', text.partition("\n\n")[0])
    packaged = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    data = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert data
    assert data - packaged == set()
