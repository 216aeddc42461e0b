"""Check a folder with a wheel and an sdist: they hold the files that Git knows and their metadata, and nothing else.

python .ci/distributions.py FOLDER
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

LARGEST_WHEEL = 2_000_000  # bytes
NOT_IN_SDIST = {".gitignore", ".ci/run", ".ci/distributions.py"}
MADE = {"PKG-INFO", "setup.cfg"}


def difference(found: set[str], expected: set[str]) -> list[str]:
    """What is missing, and what should not be there."""
    return [f"missing: {name}" for name in sorted(expected - found)] + [
        f"extra: {name}" for name in sorted(found - expected)
    ]


def problems(folder: Path) -> list[str]:
    """What is wrong with the wheel and the sdist in a folder."""
    tracked = set(subprocess.check_output(["git", "ls-files"], text=True).splitlines())
    wheel, sdist = next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))
    with tarfile.open(sdist) as archive:
        in_sdist = {member.name.partition("/")[2] for member in archive if member.isfile()}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {name for name in archive.namelist() if ".dist-info/" not in name}
    packaged = {name for name in tracked if name.startswith(("tinygrad_dropout/", "pytest_tinygrad_dropout.py"))}
    made = {name for name in in_sdist if name in MADE or name.startswith("tinygrad_dropout.egg-info/")}
    found = [
        *(f"{sdist.name}: {one}" for one in difference(in_sdist - made, tracked - NOT_IN_SDIST)),
        *(f"{wheel.name}: {one}" for one in difference(in_wheel, packaged)),
    ]
    if wheel.stat().st_size >= LARGEST_WHEEL:
        found.append(f"{wheel.name}: {wheel.stat().st_size:,} bytes, expected fewer than {LARGEST_WHEEL:,}")
    return found


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]))
    print("\n".join(wrong) or "The wheel and the sdist hold what they should, and nothing else.")
    sys.exit(bool(wrong))
