"""A package as one text: its files one after another, each below a line with its name.

In this form it can be graded, sent to another process and saved like a single file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "framework"  # the name under which a learner's package is imported
HEADER = "# file of the package: "  # the start of the line with a file's name
MARKER = re.compile(r" *# stage (\d+)\n")  # what follows belongs to this stage, up to the next such line


def joined(files: Mapping[str, str]) -> str:
    """The text of a package. A line that looks like one with a file's name is indented, which changes no code.

    Args:
        files: path inside the package, such as `nn.py` -> its text.
    """
    texts = {name: re.sub(f"^{HEADER}", f" {HEADER}", text, flags=re.MULTILINE) for name, text in files.items()}
    return "".join(f"{HEADER}{name}\n{text.rstrip()}\n" for name, text in sorted(texts.items()))


def is_bundle(source: str) -> bool:
    """Whether a text is a package's, not a single file's."""
    return source.startswith(HEADER)


def files_in(source: str) -> dict[str, str]:
    """The files of a package; the inverse of `joined`."""
    parts = re.split(rf"^{HEADER}(.+)\n", source, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def paths_in(folder: Path) -> list[str]:
    """The Python files of a package on disk: their paths inside it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if path.is_file())


def up_to(stage: int, files: Mapping[str, str]) -> dict[str, str]:
    """The files after a stage: lines of later stages and the markers are left out."""
    cut = {name: up_to_in(stage, text) for name, text in files.items()}
    return {name: text for name, text in cut.items() if text}


def up_to_in(stage: int, text: str) -> str:
    """One file of `up_to`; "" if nothing in it belongs to the stages so far."""
    before, *parts = MARKER.split(text)
    kept = before + "".join(part for number, part in zip(parts[::2], parts[1::2], strict=True) if int(number) <= stage)
    return re.sub(r"\n{4,}", "\n\n\n", kept).strip() + "\n" if kept.strip() else ""


def changed(files: Mapping[str, str], difference: str) -> dict[str, str]:
    """The files after some of their lines were replaced.

    Args:
        files: the files of a package.
        difference: the name of a file; below it, the lines to be replaced, each after a `-`, and the new lines, each
            after a `+`; then more of that file, or of another one.

    Raises:
        ValueError: a file does not contain the old lines exactly once.
    """
    files, name, old, new = dict(files), "", [], []  # type: ignore[var-annotated]
    for line in [*difference.strip("\n").splitlines(), ""]:
        if new and not line.startswith("+"):  # the end of one replacement
            before, after = "\n".join(old) + "\n", "\n".join(new) + "\n"
            if files.get(name, "").count(before) != 1:
                raise ValueError(f"expected once in {name}, got {files.get(name, '').count(before)} times:\n{before}")
            files[name] = files[name].replace(before, after)
            old, new = [], []
        if line.startswith("-"):
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        elif line:
            name = line
    return files
