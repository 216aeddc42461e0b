"""The core of this repository as a subject of mutation testing: its files, its tests, and how they match."""

from __future__ import annotations

from pathlib import Path

from tests.mutation.trial import Subject

ROOT = Path(__file__).parents[2]
PACKAGE = "tinygrad_dropout"
FOLDERS = ("autograd", "functional", "nn", "optim", "debug", "saving", "training")

#: The tests of a file that do not have its name: files, or whole folders.
ELSEWHERE = {
    "autograd/naming": ["debug", "autograd/test_in_place.py"],
    "autograd/notes": ["debug"],
    "autograd/recording": ["autograd/test_engine.py", "debug"],
    "autograd/tensor": ["autograd/test_methods.py"],
    "debug/_frames": ["debug/test_anomaly.py"],
    "errors": ["nn/test_module.py", "test_bad_input.py"],
    "functional/_arguments": ["test_bad_input.py"],
    "functional/_cross_entropy": ["functional/test_losses.py"],
    "functional/_embedding": ["nn/test_embedding.py"],
    "functional/_gelu": ["functional/test_elementwise.py"],
    "functional/_loss_parts": ["functional/test_losses.py"],
    "functional/_normalization": ["nn/test_normalization.py"],
    "functional/_numpy_protocol": ["autograd/test_tensor.py", "autograd/test_methods.py"],
}


def core(root: Path = ROOT) -> Subject:
    """The core in this folder."""
    package, tests = root / PACKAGE, root / "tests"
    files = [*(file for folder in FOLDERS for file in (package / folder).glob("*.py")), package / "rng.py"]
    found = [*(file for folder in FOLDERS for file in sorted((tests / folder).glob("test_*.py")))]
    # Not the examples: they take long, and check little of the core.
    found += sorted(file for file in tests.glob("test_*.py") if file.stem != "test_examples")
    return Subject(
        root=root,
        package=PACKAGE,
        files=sorted(file.relative_to(root).as_posix() for file in [*files, package / "errors.py"]),
        tests=[file.relative_to(root).as_posix() for file in found],
        mirrored=lambda file: mirrored(root, file),
    )


def mirrored(root: Path, file: str) -> list[str]:
    """`functional/_dropout.py` is tested by `tests/functional/test_dropout*.py`, then by `test_operations.py` there."""
    name, tests = Path(file).relative_to(PACKAGE).with_suffix(""), root / "tests"
    found = sorted((tests / name.parent).glob(f"test_{name.name.strip('_')}*.py"))
    for place in ELSEWHERE.get(name.as_posix(), []):
        found += sorted((tests / place).glob("test_*.py")) if (tests / place).is_dir() else [tests / place]
    if name.parent.name == "functional":
        found.append(tests / "functional/test_operations.py")
    if not found:
        found = sorted((tests / name.parent).glob("test_*.py"))
    return [path.relative_to(root).as_posix() for path in found]
