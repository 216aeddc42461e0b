"""Turns classes, functions and framework modules into layers that `check_dropout` can call.

`driving.of` examines its target. `making` reads constructors; `functions` and `objects` read what a constructor makes;
`frameworks` knows the modules of known frameworks, and `tapes` knows their tensors. A parameter's name says what it is
for (`roles`). Nothing is guessed: if a name does not say it, the report shows the code to write instead (`advice`).
"""

from tinygrad_dropout.conformance.adapters.driving import Functions, of

__all__ = ["Functions", "of"]
