"""Models that use dropout wrongly, each in one way, and models that use it correctly.

Each is a function that makes the model from a `Framework`, so that most exist both with our layers and with PyTorch's.
"""

from tests.conformance.model.models import both, ours, pytorch, right
from tests.conformance.model.models.base import OURS, PYTORCH, RIGHT, WRONG, Framework, framework, numbers

__all__ = ["OURS", "PYTORCH", "RIGHT", "WRONG", "Framework", "both", "framework", "numbers", "ours", "pytorch", "right"]
