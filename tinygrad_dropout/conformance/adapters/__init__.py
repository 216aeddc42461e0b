"""Layers as `check_dropout` wants them, made of what people have: classes, functions, frameworks' modules.

`driving.of` looks at what it is given: `making` reads constructors, `functions` and `objects` what is made,
`frameworks` the layers of frameworks that are known, `tapes` their tensors. What a parameter is for is said by its
name (`roles`); what cannot be read is not guessed (`advice`).
"""

from tinygrad_dropout.conformance.adapters.driving import Functions, of

__all__ = ["Functions", "of"]
