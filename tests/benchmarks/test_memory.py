"""The peak of a process: it contains what training needs, and failures have their sentence."""

import pytest

from benchmarks import memory
from benchmarks.processes import Failed
from benchmarks.workloads import RetainedChain, Training

pytestmark = pytest.mark.skipif(not memory.MEASURABLE, reason="only Linux tells the peak of a part of a process's life")


def test_the_peak_holds_parameters_gradients_and_velocities_and_not_much_more():
    workload = Training("wide", (64, 4096, 4096, 2), 16)
    peak = memory.peak_of("ours", workload)
    assert 3 * workload.parameter_bytes <= peak <= 3.8 * workload.parameter_bytes


def test_a_graph_is_in_the_peak():
    assert memory.peak_of("ours", RetainedChain("long", 20_000, walks=1)) > 20_000 * 2 * 40  # two arrays a link


@pytest.mark.parametrize(
    ("contender", "workload", "why"),
    [
        ("unknown", Training("none", (2, 2), 1), "unknown failed"),
        ("numpy_naive", RetainedChain("short", 2), "numpy_naive takes no part in short"),
    ],
)
def test_a_process_that_fails_is_reported_with_its_last_line(contender, workload, why):
    with pytest.raises(Failed, match=why):
        memory.peak_of(contender, workload)
