"""The exceptions: for arrays that do not fit together, for keys that do not match, and for files."""

from __future__ import annotations


class MismatchError(Exception):
    """Arrays do not fit together. The message says where it happened, what was expected and what was given.

    An operation raises this error under its own name. `Module.__call__` replaces that name with the layer's, and each
    container on the way out adds the key under which it holds the layer:
    `Linear(5 -> 4) at "encoder.2": expected the last axis to be 5, got an input of shape (2, 3)`.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem)
        self.where = where
        self.problem = problem
        self.key = ""
        self.module: object | None = None

    def __str__(self) -> str:
        place = f'{self.where} at "{self.key}"' if self.key else self.where
        return f"{place}: {self.problem}"


class ShapeError(MismatchError, ValueError):
    """Shapes that do not fit together."""


class DtypeError(MismatchError, TypeError):
    """Dtypes that do not fit together."""


class StateDictError(KeyError):
    """A state_dict has missing or unexpected keys."""

    def __init__(self, owner: str, missing: list[str], unexpected: list[str]) -> None:
        super().__init__(owner, missing, unexpected)
        self.owner, self.missing, self.unexpected = owner, missing, unexpected

    def __str__(self) -> str:
        faults = [f"missing {self.missing}"] if self.missing else []
        faults += [f"unexpected {self.unexpected}"] if self.unexpected else []
        return f"load_state_dict: expected exactly the keys of this {self.owner}; {', '.join(faults)}"


class CheckpointError(ValueError):
    """`td.load` cannot read a file: it is damaged, in another format, or from a newer version."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"load: {self.path} cannot be read: {self.problem}"
