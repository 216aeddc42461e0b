"""How fast is it? Whole train steps compared with PyTorch, JAX, MyGrad and plain NumPy: `python -m benchmarks`.

__main__.py     the command
workloads.py    what is timed: W1 to W4 train an MLP, W5 is a chain of small operations, W6 is dropout only
contenders/     one file for each way to write the same step
agreement.py    before timing: do all contenders compute the same, dropout off?
timing.py       contenders in turn within one process; the ratio of each round, then their median
memory.py       the peak of a process that takes a workload's steps
processes.py    programs that a measurement starts
machine.py      threads, versions, processor
kernels.py      the compiled libraries behind NumPy and PyTorch, and the variables that force other kernels on them
counts.py       calls and bytecodes of a step
growth.py       how time and memory grow with the network, the data, the number of parameters and the graph
main_job/       the whole of `tinygrad-dropout compare`, and the same experiment in PyTorch
live_page/      another question: which library should serve the live page?
results.py      the figures of a run, kept as JSON
report.py       the figures as tables
charts.py       the figures as pictures
run.py          a run from start to end
"""
