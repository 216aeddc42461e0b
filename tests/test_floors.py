"""The arrows between the files point down: the core imports NumPy alone, no room imports its neighbour, no cycles."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import tinygrad_dropout as td

PACKAGE = Path(td.__file__).parent
ROOM_FLOORS = {"nn": 2, "optim": 2, "gradcheck": 2, "lab": 3, "study": 3, "conformance": 3, "sklearn": 3, "drills": 4}
FACE, TOP_FLOOR = "tinygrad_dropout", 5


def module_name(file: Path) -> str:
    return ".".join([FACE, *file.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


FILES = {module_name(file): file for file in PACKAGE.rglob("*.py")}


def imported(file: Path) -> set[str]:
    """The modules that a file imports, wherever in it the import stands."""
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
    """The part of the package that a module belongs to: tinygrad_dropout.nn.linear is in nn."""
    return module.split(".")[1] if "." in module else FACE


def floor(module: str) -> int:
    if room(module) in ("cli", "__main__"):
        return TOP_FLOOR
    return ROOM_FLOORS.get(room(module), 1)


def ours(modules: set[str]) -> set[str]:
    return {module for module in modules if module in FILES}


def test_the_core_imports_numpy_and_the_standard_library_alone():
    allowed = {*sys.stdlib_module_names, "numpy", FACE}
    foreign = {
        module: outsiders
        for module in FILES
        if floor(module) <= 2 and (outsiders := {name.partition(".")[0] for name in IMPORTS[module]} - allowed)
    }
    assert foreign == {}


def test_no_file_imports_one_from_a_higher_floor():
    upwards = {
        (module, other)
        for module in FILES
        for other in ours(IMPORTS[module]) - {FACE}
        if module != FACE and floor(other) > floor(module)
    }
    assert upwards == set()


def test_the_rooms_of_one_floor_do_not_import_one_another():
    sideways = {
        (module, other)
        for module in FILES
        for other in ours(IMPORTS[module])
        if 2 <= floor(module) == floor(other) < TOP_FLOOR and room(module) != room(other)
    }
    assert sideways == set()


def test_the_core_below_the_face_has_no_import_cycle():
    core = {module: ours(IMPORTS[module]) - {FACE} for module in FILES if floor(module) <= 2 and module != FACE}
    assert list(TopologicalSorter(core).static_order())
