"""Is this dropout layer right? For any implementation, ours or not.

from tinygrad_dropout.conformance import assert_dropout, check_dropout, of

print(check_dropout(of(MyDropout)))          # a report: what is wrong, by name, with the numbers

def test_my_dropout():                       # or one line in your tests
    assert_dropout(of(MyDropout))
"""

from tinygrad_dropout.conformance.adapters import GraphLayer, of
from tinygrad_dropout.conformance.check import assert_dropout, check_dropout
from tinygrad_dropout.conformance.report import Finding, Report

__all__ = ["Finding", "GraphLayer", "Report", "assert_dropout", "check_dropout", "of"]
