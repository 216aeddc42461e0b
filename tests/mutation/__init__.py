"""Mutation testing of the core: does a test fail for every small change to the code?

    python -m tests.mutation --sample 1000 --seed 0

Cosmic Ray makes the mutants (`mutants.py` draws them). Each is put into a private copy of the repository, where the
suite runs without PyTorch (`trial.py`). `excused.py` lists the mutants that no test has to kill, with the reasons.
"""
