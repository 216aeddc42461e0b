"""Files that hold a model, an optimiser, generators and where you were: `td.save` and `td.load`, without pickle."""

from tinygrad_dropout.saving._file import load, save

__all__ = ["load", "save"]
