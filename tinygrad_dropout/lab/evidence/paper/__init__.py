"""Hinton et al. 2012 and Srivastava et al. 2014 on MNIST: choose settings, then train four networks.

choice = lab.run(CHOICE, PaperOptions(data_dir="mnist"), out="runs/paper/choice")
print(lab.run(PAPER, with_choice(PaperOptions(data_dir="mnist"), choice), out="runs/paper"))
"""

from tinygrad_dropout.lab.evidence.paper.choice import CHOICE, with_choice
from tinygrad_dropout.lab.evidence.paper.experiment import PAPER
from tinygrad_dropout.lab.evidence.paper.options import PaperOptions

__all__ = ["CHOICE", "PAPER", "PaperOptions", "with_choice"]
