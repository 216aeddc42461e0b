"""The comparison on a framework that the user wrote, such as the one of `tinygrad-dropout build`."""

from tinygrad_dropout.lab.comparison.own_framework.experiment import CompareOwn, OwnConfig

__all__ = ["CompareOwn", "OwnConfig"]
