"""Does a whole model use dropout correctly? For our Modules and PyTorch's."""

from tinygrad_dropout.conformance.model.check import assert_model, check_model

__all__ = ["assert_model", "check_model"]
