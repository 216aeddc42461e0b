"""RandomLayer: what the layers that draw something for every training forward have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.nn.module import Module


class RandomLayer(Module):
    """A layer that is random in training mode and fixed in evaluation mode: Dropout and its relatives.

    It keeps what it drew last, and can use that again (`replay`). `td.mc_forward` leaves layers of this class in
    training mode. A random layer of your own joins in if it subclasses this one:

        class Jitter(nn.RandomLayer):
            def forward(self, x):
                if not self.training:
                    return x
                return x + self.draw_or_replay(lambda: rng.normal(size=x.shape))
    """

    draws: ClassVar[str] = "an array"  # in the words of an error
    _checks: ClassVar[Mapping[str, Callable[[str, Any], Any]]] = {}  # attribute -> (layer's name, value) -> value

    _last: Array | None = None  # what the last training forward drew
    _replayed: Array | None = None  # what training forwards use instead of drawing

    def __setattr__(self, name: str, value: Any) -> None:
        """Assign; a setting is checked here, once, and need not be in every forward."""
        check = self._checks.get(name)
        super().__setattr__(name, value if check is None else check(type(self).__name__, value))

    def draw_or_replay(self, draw: Callable[..., Array], *arguments: Any) -> Array:
        """Return what this forward uses, `draw(*arguments)` or the array that is being replayed, and keep it."""
        drawn = draw(*arguments) if self._replayed is None else self._replayed
        vars(self)["_last"] = drawn  # an assignment would be checked by Module, at every forward
        return drawn

    def replay(self, drawn: Any = None) -> AbstractContextManager[None]:
        """Inside, every training forward uses this array; evaluation mode stays what it is.

        It makes a network with random layers a fixed function, so that its gradients can be checked.

        Args:
            drawn: what to use; what the last training forward drew if None.

        Raises:
            RuntimeError: nothing is given, and nothing was drawn yet.
        """
        if drawn is None:
            drawn = self._last
        if drawn is None:
            problem = f"expected {self.draws}, or an earlier forward in training mode; got neither"
            raise RuntimeError(f"{self!r}.replay(): {problem}")
        return self._using(drawn)

    @contextmanager
    def _using(self, drawn: Any) -> Iterator[None]:
        before, self._replayed = self._replayed, drawn
        try:
            yield
        finally:
            self._replayed = before
