"""Every mistake in the catalog has a code, a known kind and valid templates."""

import string
from importlib import import_module
from pkgutil import walk_packages

import pytest

from tinygrad_dropout import mistakes
from tinygrad_dropout.mistakes import EDGE_CASE, ERROR, KINDS, REMARK, Finding, Mistake
from tinygrad_dropout.mistakes.mistake import WORDS


def mistakes_of(value):
    if isinstance(value, Mistake):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from mistakes_of(one)
    elif type(value).__name__ == "Phase":
        for name, part in vars(type(value)).items():
            if isinstance(part, property):
                yield getattr(value, name)


def catalog(package):
    """All mistakes in the modules of a package."""
    modules = [import_module(info.name) for info in walk_packages(package.__path__, package.__name__ + ".")]
    found = [one for module in modules for value in vars(module).values() for one in mistakes_of(value)]
    return list({id(one): one for one in found}.values())


CATALOG = catalog(mistakes)


def test_there_are_many():
    assert len({mistake.code for mistake in CATALOG}) > 150


@pytest.mark.parametrize("mistake", CATALOG, ids=lambda mistake: mistake.code)
def test_each_is_complete(mistake):
    assert mistake.kind in KINDS
    assert mistake.severity in (ERROR, EDGE_CASE, REMARK)
    assert " " not in mistake.code
    assert mistake.code == mistake.code.lower()
    assert mistake.message
    assert mistake.expected
    assert "\n" not in mistake.message + mistake.expected
    for template in (mistake.message, mistake.expected):
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(template))


def test_mistakes_with_one_code_have_one_kind_and_one_severity():
    first_use = {}
    for mistake in CATALOG:
        assert first_use.setdefault(mistake.code, (mistake.kind, mistake.severity)) == (mistake.kind, mistake.severity)


def test_a_finding_fills_the_templates_and_uses_the_given_array_names():
    mistake = Mistake("code", "mask", "{dx} = {g} x {scale:.3f}", "{g} as it was")
    finding = mistake.seen(scale=1.5)
    assert (finding.message, finding.expected) == ("dL/dx = g x 1.500", "g as it was")
    assert finding.message_in(g="grad", dx="dx") == "dx = grad x 1.500"
    assert finding.expected_in(g="grad") == "grad as it was"
    assert str(finding) == "[code] dL/dx = g x 1.500\n     expected: g as it was"
    assert finding == Finding(mistake, {"scale": 1.5})


def test_the_templates_use_every_array_name():
    names = {name for m in CATALOG for _, name, _, _ in string.Formatter().parse(m.message) if name}
    assert set(WORDS) <= names | {"output", "forwards", "two_layers"}
