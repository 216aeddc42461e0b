"""RandomLayer: the base class of layers that draw something random in every training forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.nn.module import Module


class RandomLayer(Module):
    """A layer that is random in training mode and fixed in evaluation mode: Dropout and its relatives.

    It keeps its last draw, and can use it again (`replay`). `td.mc_forward` keeps layers of this class in training
    mode. Your own random layer joins in if it subclasses this one:

        class Jitter(nn.RandomLayer):
            def forward(self, x):
                if not self.training:
                    return x
                return x + self.draw_or_replay(lambda: rng.normal(size=x.shape))
    """

    draws: ClassVar[str] = "an array"  # the noun for it in an error
    _checks: ClassVar[Mapping[str, Callable[[str, Any], Any]]] = {}  # attribute -> (layer's name, value) -> value

    _last: Array | None = None  # what the last training forward drew
    _replayed: Array | None = None  # what training forwards use instead of drawing

    def __setattr__(self, name: str, value: Any) -> None:
        """Assign. A setting is checked here, so that not every forward has to."""
        check = self._checks.get(name)
        super().__setattr__(name, value if check is None else check(type(self).__name__, value))

    def draw_or_replay(self, draw: Callable[..., Array], *arguments: Any) -> Array:
        """Return the array for this forward, `draw(*arguments)` or the one being replayed, and remember it."""
        drawn = draw(*arguments) if self._replayed is None else self._replayed
        vars(self)["_last"] = drawn  # an assignment would run Module's checks in every forward
        return drawn

    def replay(self, drawn: Any = None) -> AbstractContextManager[None]:
        """Use this array in every training forward inside this context; evaluation mode is unchanged.

        A network with random layers is then a fixed function, so its gradients can be checked.

        Args:
            drawn: the array to use; the last training forward's draw if None.

        Raises:
            RuntimeError: you passed nothing, and nothing has been drawn yet.
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
