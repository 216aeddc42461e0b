"""Imports point down: the core imports only NumPy, no room imports its neighbor, and there are no cycles."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import tinygrad_dropout as td

PACKAGE = Path(td.__file__).parent
FLOORS = [
    {"errors"},
    {"autograd", "rng"},
    {"functional"},
    {"nn", "optim", "debug", "saving"},
    {"training"},
    {"mistakes", "sandbox"},
    {"lab", "study", "conformance", "sklearn"},
    {"drills", "play"},
    {"cli", "__main__"},
]
CORE = range(5)  # floors that import only NumPy and the standard library
FACE = "tinygrad_dropout"
#: Imported inside a function, if a path asks for that format; tests/test_init.py checks that nothing else needs it.
ON_REQUEST = {"tinygrad_dropout.saving._safetensors": {"safetensors"}}


def module_name(file: Path) -> str:
    return ".".join([FACE, *file.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


LEARNERS = PACKAGE / "drills" / "frameworks"  # packages as learners write them, which are only data here
FILES = {module_name(file): file for file in PACKAGE.rglob("*.py") if LEARNERS not in file.parents}


def imported(file: Path) -> set[str]:
    """Return the modules that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in names}
    return found


IMPORTS = {module: imported(file) for module, file in FILES.items()}


def room(module: str) -> str:
    """Return the part of the package that a module belongs to: tinygrad_dropout.nn.linear is in nn."""
    return module.split(".")[1] if "." in module else FACE


def floor(module: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


#: Tensor's operators call the operations, which need Tensor, so its file imports these at the end, below the class.
FOOT_OF_TENSOR = {
    ("tinygrad_dropout.autograd.tensor", f"tinygrad_dropout.{module}")
    for module in (
        "autograd.engine",
        "autograd.in_place",
        "functional",
        "functional._comparisons",
        "functional._numpy_protocol",
        "functional._shapes",
    )
}


def ours(modules: set[str]) -> set[str]:
    return {module for module in modules if module in FILES}


ARROWS = {(module, other) for module in FILES if module != FACE for other in ours(IMPORTS[module]) - {FACE}}


def test_the_core_imports_only_numpy_and_the_standard_library():
    allowed = {*sys.stdlib_module_names, "numpy", FACE}
    foreign = {
        module: outsiders
        for module in FILES
        if module == FACE or floor(module) in CORE
        if (outsiders := {name.partition(".")[0] for name in IMPORTS[module]} - allowed)
    }
    assert foreign == ON_REQUEST


def test_no_file_imports_from_a_higher_floor_except_at_the_end_of_tensor():
    upwards = {arrow for arrow in ARROWS if floor(arrow[1]) > floor(arrow[0])}
    assert upwards == {arrow for arrow in FOOT_OF_TENSOR if ".functional" in arrow[1]}


def test_the_rooms_of_one_floor_do_not_import_one_another():
    sideways = {(a, b) for a, b in ARROWS if floor(a) == floor(b) and room(a) != room(b) and "__main__" not in a}
    assert {(a, b) for a, b in sideways if "rng" not in b} == set()


def test_the_core_below_the_public_face_has_no_import_cycle_except_at_the_end_of_tensor():
    assert FOOT_OF_TENSOR <= ARROWS
    core = {module: set() for module in FILES if module != FACE and floor(module) in CORE}
    for module, other in ARROWS - FOOT_OF_TENSOR:
        if module in core:
            core[module].add(other)
    assert list(TopologicalSorter(core).static_order())


def test_only_the_public_face_the_errors_and_the_generators_are_at_the_root():
    loose = {file.name for file in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py", "errors.py", "rng.py"}
