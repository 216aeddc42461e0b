"""`td.save` and `td.load`: the state of a model, an optimizer, generators and a run in one file, without pickle."""

from tinygrad_dropout.saving._file import load, save

__all__ = ["load", "save"]
