# stage 3
"""The tape: all results that are still in use, in the order of their computation."""

from weakref import ref


class Tape:
    """Holds weak references to results; unused ones are removed when the tape has doubled in length."""

    def __init__(self):
        self.references, self.limit = [], 1000

    def add(self, tensor):
        if len(self.references) >= self.limit:
            self.references = [one for one in self.references if one() is not None]
            self.limit = 2 * len(self.references) + 1000
        self.references.append(ref(tensor))

    def rewind(self):
        """The results, the latest first."""
        for reference in reversed(self.references):
            tensor = reference()
            if tensor is not None:
                yield tensor


TAPE = Tape()
