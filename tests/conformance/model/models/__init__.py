"""Models that use dropout wrongly, each in one way, and models that use it rightly.

Each is a function that makes one: of a `Framework`, so that most are made of our layers and of PyTorch's alike.
"""

from tests.conformance.model.models import both, ours, pytorch, right
from tests.conformance.model.models.base import OURS, PYTORCH, RIGHT, WRONG, Framework, framework, numbers

__all__ = ["OURS", "PYTORCH", "RIGHT", "WRONG", "Framework", "both", "framework", "numbers", "ours", "pytorch", "right"]
