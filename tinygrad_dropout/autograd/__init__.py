"""The idea of reverse-mode autograd: a Tensor remembers how it was made, and `backward()` walks that memory back.

Read `tensor.py`, then `recording.py`, then `engine.py`. The operations themselves are in `functional/`.
"""

from tinygrad_dropout.autograd.tensor import Tensor

__all__ = ["Tensor"]
