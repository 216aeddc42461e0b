"""`td.save` and `td.load`: a model, an optimizer, generators and your position in one file, without pickle."""

from tinygrad_dropout.saving._file import load, save

__all__ = ["load", "save"]
