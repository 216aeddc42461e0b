"""An examination in a process of its own ends, whatever the layer does."""

import os
import signal

import pytest

from tinygrad_dropout.conformance.process import check_target
from tinygrad_dropout.conformance.target import TargetError

LAYERS = """
import os, pathlib, sys, time
import numpy as np
import tinygrad_dropout as td
from tinygrad_dropout import nn

class Never(nn.Dropout):
    def forward(self, x):
        while True:
            time.sleep(0.01)

class Ends(nn.Dropout):
    def forward(self, x):
        os._exit(0)

class LeavesAChild(nn.Dropout):
    def forward(self, x):
        child = os.fork()
        if child:
            pathlib.Path(__file__).with_name("child").write_text(str(child))
            os._exit(3)
        time.sleep(100)
        os._exit(0)

class Exits(nn.Dropout):
    def forward(self, x):
        sys.exit(0)

class Stubborn(nn.Dropout):
    def forward(self, x):
        while True:
            try:
                time.sleep(10)
            except BaseException:
                pass

class Rarely:
    def __init__(self, p, rng):
        self.layer = nn.Dropout(p, rng=rng)
        if rng.bit_generator.seed_seq.entropy == 2:
            raise RuntimeError("the seed is 2")
    training = property(lambda self: self.layer.training, lambda self, mode: self.layer.train(mode))
    def forward(self, x):
        self.x = td.Tensor(x, requires_grad=True)
        self.y = self.layer(self.x)
        return self.y.data
    def backward(self, grad):
        self.y.backward(grad)
        return self.x.grad
"""


@pytest.fixture
def examine(tmp_path):
    file = tmp_path / "layers.py"
    file.write_text(LAYERS)
    return lambda name, seeds=1, time_limit=60.0: check_target(f"{file}:{name}", seeds=seeds, time_limit=time_limit)


def test_a_right_layer_is_right_there_too():
    assert check_target("tinygrad_dropout.nn:Dropout", seeds=2, time_limit=60).ok


@pytest.mark.parametrize("name", ["Never", "Stubborn"])
def test_one_that_never_returns_is_stopped(examine, name):
    (finding,) = examine(name, time_limit=1).findings
    assert finding.code == "never-returns"
    assert "after 1 s" in finding.message


def test_one_that_ends_the_process_is_found_out(examine):
    """Its exit code of 0 is no success."""
    (finding,) = examine("Ends").findings
    assert finding.code == "ends-the-process"
    assert "exit code 0" in finding.message


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_one_that_ends_the_process_and_leaves_a_child_is_found_out_at_once(examine, tmp_path):
    """While the child, which keeps the examination's pipes open, is still there."""
    (finding,) = examine("LeavesAChild", time_limit=100).findings
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)  # fails if the child has ended
    assert finding.code == "ends-the-process"
    assert "exit code 3" in finding.message


def test_one_that_exits_is_named(examine):
    assert examine("Exits").findings[0].code == "forward-raises"
    assert "SystemExit: 0" in examine("Exits").findings[0].message


def test_seeds_are_tried_until_one_finds_something(examine):
    assert examine("Rarely", seeds=2).ok
    assert "the seed is 2" in examine("Rarely", seeds=3).findings[0].message


def test_a_class_that_is_not_there_is_no_finding(examine):
    with pytest.raises(TargetError, match="has no Nothing"):
        examine("Nothing")
