"""Random programs, run in this framework and in PyTorch: every value, gradient, flag and error must agree.

Read `program.py` (what a program is), `spellings.py` (how each operation is written in both), `writer.py` (how random
bytes become a program), `run.py` (both run in lockstep) and `rules.py` (every deliberate difference).
`python -m tests.differential --programs 100000` searches for a disagreement.
"""
