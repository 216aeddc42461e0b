"""Workloads that take no time."""

from benchmarks.workloads import Chain, DropoutAlone, Training

TRAINING = Training("small", (6, 9, 7, 3), 5, drop_input=0.2)
CHAIN = Chain("short", length=4, size=3)
DROPOUT = DropoutAlone("small", 16, 24, p=0.3)
