"""The reference has every public name, the site's menu every page, and docstrings describe only what exists."""

import dataclasses
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "reference").glob("*.md"))
SHOWN = [name for page in PAGES for name in re.findall(r"^::: (\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE)]
PUBLIC = [
    "tinygrad_dropout", "tinygrad_dropout.conformance", "tinygrad_dropout.debug", "tinygrad_dropout.functional",
    "tinygrad_dropout.lab", "tinygrad_dropout.lab.trials", "tinygrad_dropout.nn", "tinygrad_dropout.nn.init",
    "tinygrad_dropout.optim", "tinygrad_dropout.optim.lr_scheduler", "tinygrad_dropout.saving",
    "tinygrad_dropout.sklearn", "tinygrad_dropout.study", "tinygrad_dropout.training",
]  # fmt: skip


def looked_up(path: str):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def public_names(module: ModuleType) -> list[str]:
    """The names that a module offers: `__all__`, or PyTorch's in-place names (`zeros_`) of nn.init, which has none."""
    return getattr(module, "__all__", None) or [name for name in vars(module) if re.fullmatch(r"[a-z]\w*_", name)]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_name_is_on_a_page_of_the_reference(path):
    module, described = importlib.import_module(path), [looked_up(name) for name in SHOWN]
    names = {name: getattr(module, name) for name in public_names(module)}
    missing = [name for name, value in names.items() if not any(value is one for one in described)]
    assert names
    assert [name for name in missing if not isinstance(names[name], ModuleType)] == []
    assert {value.__name__ for value in names.values() if isinstance(value, ModuleType)} <= {*PUBLIC}


def test_no_name_is_described_twice():
    assert sorted(set(SHOWN)) == sorted(SHOWN)


def parameters(value) -> set[str]:
    """The names of what it takes; of a class also the attributes that it declares."""
    names = set(inspect.signature(value).parameters)
    if inspect.isclass(value):
        names |= {name for one in value.__mro__ for name in getattr(one, "__annotations__", {})}
    return names | {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else names


def described_parameters(docstring: str) -> set[str]:
    """The names under `Args:`; an entry can be about several, as in `a, b: the bounds`."""
    section = re.search(r"^ *Args:\n((?: {4}.*\n|\n)+)", inspect.cleandoc(docstring) + "\n", re.MULTILINE)
    entries = re.findall(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*):", section[1] if section else "", re.MULTILINE)
    return {name.strip(" *") for entry in entries for name in entry.split(",")}


def public_parts(value) -> list:
    """The object, and if it is a class the public methods that it defines."""
    own = [part for name, part in vars(value).items() if not name.startswith("_")] if inspect.isclass(value) else []
    return [value, *filter(inspect.isfunction, own)]


@pytest.mark.parametrize("path", [path for path in SHOWN if callable(looked_up(path))])
def test_a_docstring_describes_only_parameters_that_exist(path):
    for part in public_parts(looked_up(path)):
        if described := described_parameters(part.__doc__ or ""):
            itself = (
                {"x"} if path == "tinygrad_dropout.Tensor" else set()
            )  # its methods are described as operations on x
            assert described - parameters(part) - itself == set(), part


def test_the_menu_lists_every_page():
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2].partition("\n\n")[0]
    listed = re.findall(r": (\S+\.md)$", menu, re.MULTILINE)
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted([*pages, "index.md", "contributing.md"])
