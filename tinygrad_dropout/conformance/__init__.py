"""Checks whether a dropout layer, or a model's use of dropout, is correct: ours or anyone else's.

from tinygrad_dropout.conformance import assert_dropout, check_dropout, of

print(check_dropout(of(MyDropout)))          # a report that names what is wrong and shows the numbers

def test_my_dropout():                       # or one line in your tests
    assert_dropout(of(MyDropout))
"""

from tinygrad_dropout.conformance.adapters import Functions, of
from tinygrad_dropout.conformance.check import assert_dropout, check_dropout
from tinygrad_dropout.conformance.graph_layer import GraphLayer
from tinygrad_dropout.conformance.model import assert_model, check_model
from tinygrad_dropout.conformance.report import CannotDrive, Report
from tinygrad_dropout.mistakes import Finding

__all__ = [
    "CannotDrive",
    "Finding",
    "Functions",
    "GraphLayer",
    "Report",
    "assert_dropout",
    "assert_model",
    "check_dropout",
    "check_model",
    "of",
]
