"""The main job: all of `tinygrad-dropout compare` with its defaults, and the same experiment in PyTorch.

in_pytorch.py   the experiment as you would write it in PyTorch
programs.py     how each of the two is started
agreement.py    before timing: do both do the same work and find the same?
measured.py     whole processes in turn, from start to exit; their times, kept as JSON
"""
