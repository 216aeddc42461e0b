"""Workloads that take no time."""

from benchmarks.workloads import Chain, DropoutAlone, ManyParameters, RetainedChain, Training

TRAINING = Training("small", (6, 9, 7, 3), 5, drop_input=0.2)
CHAIN = Chain("short", length=4, size=3)
DROPOUT = DropoutAlone("small", 16, 24, p=0.3)
MANY_PARAMETERS = ManyParameters("few", count=4, size=3)
RETAINED_CHAIN = RetainedChain("short", length=4, size=3, walks=3)
