"""The exceptions: for arrays that do not fit (and how a layer signs it), for keys that do not match, and for files."""

from __future__ import annotations


class MisfitError(Exception):
    """Arrays do not fit together: `where` it happened, then what was expected and what was given.

    An operation raises it under its own name; `Module.__call__` replaces that name with the layer's, and each container
    on the way out adds the key it knows the layer by:
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


class ShapeError(MisfitError, ValueError):
    """Shapes that do not fit together."""


class DtypeError(MisfitError, TypeError):
    """Dtypes that do not fit together."""


class StateDictError(KeyError):
    """Keys of a state_dict are missing or not expected."""

    def __init__(self, owner: str, missing: list[str], unexpected: list[str]) -> None:
        super().__init__(owner, missing, unexpected)
        self.owner, self.missing, self.unexpected = owner, missing, unexpected

    def __str__(self) -> str:
        faults = [f"missing {self.missing}"] if self.missing else []
        faults += [f"not expected {self.unexpected}"] if self.unexpected else []
        return f"load_state_dict: expected exactly the keys of this {self.owner}; {', '.join(faults)}"


class CheckpointError(ValueError):
    """`td.load` cannot read a file: it is damaged, of another kind, or from a newer version."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"load: {self.path} cannot be read: {self.problem}"
