"""Run a script, and record its backward passes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType

from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.recorder import PassInProgress, Recorder
from tinygrad_dropout.study.replay import MAX_NODES, Replay
from tinygrad_dropout.study.trace import Pass

EXAMPLE = Path(__file__).with_name("example.py")
MAX_PASSES = 10  # that are kept if none is chosen


class ScriptFailed(StudyError):
    """The script raised, and there is nothing to show.

    Attributes:
        traceback: the script's traceback, without our own frames.
    """

    def __init__(self, message: str, traceback: str) -> None:
        super().__init__(message)
        self.traceback = traceback


class StopScript(BaseException):
    """Ends the script once the chosen pass is recorded. An `except Exception` in the script does not catch it."""


@dataclass(frozen=True)
class Run:
    """The outcome of a script.

    Attributes:
        replay: the passes that were kept.
        passes: all passes. Those that were not kept have only the loss and the source line.
        traceback: the script's traceback without our own frames; "" if the script did not raise.
    """

    replay: Replay
    passes: list[Pass]
    traceback: str


class ScriptRecorder(Recorder):
    """Keeps the first passes of a script; or only the chosen one, and then ends the script."""

    def __init__(self, chosen: int | None, max_nodes: int) -> None:
        keep = (lambda number: number <= MAX_PASSES) if chosen is None else (lambda number: number == chosen)
        super().__init__(keep=keep, max_nodes=max_nodes)
        self.chosen = chosen

    def after_forward(self, result: Tensor, parents: tuple[Tensor, ...], operation: str) -> None:
        if self.chosen is not None and len(self.passes) >= self.chosen:
            raise StopScript
        super().after_forward(result, parents, operation)

    def begin(self, root: Tensor) -> PassInProgress:
        if self.chosen is not None and len(self.passes) >= self.chosen:
            raise StopScript
        return super().begin(root)


def run_script(
    path: str | Path,
    arguments: Sequence[str] = (),
    *,
    chosen: int | None = None,
    bug: Bug | None = None,
    max_nodes: int = MAX_NODES,
) -> Run:
    """Run a script as `python script.py arguments` would, and record its backward passes.

    Args:
        path: the script.
        arguments: its arguments, which it finds in sys.argv after its own name.
        chosen: record only this pass, counted from 1, and then end the script. None records the first ten.
        bug: as for `Replay`.
        max_nodes: as for `record`.

    Raises:
        StudyError: the file cannot be read, or the script runs no backward pass, fewer than `chosen`, or only passes
            that are too large. If the script raises before its first pass is complete, the error is a ScriptFailed.
    """
    path = Path(path)
    try:
        source = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}") from error
    recorder = ScriptRecorder(chosen, max_nodes)
    failed = ""
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = [str(path), *arguments]
    sys.path.insert(0, str(path.resolve().parent))
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = str(path)
    try:
        with ModeContext(watcher=recorder):
            exec(compile(source, str(path), "exec"), vars(main))
    except StopScript:
        pass
    except KeyboardInterrupt:
        raise
    except SystemExit as end:
        if end.code not in (None, 0) and not recorder.passes:
            raise StudyError(f"{path} exited with code {end.code} before any backward()") from None
    except BaseException as error:
        failed = own_traceback(error, str(path))
    finally:
        recorder.running = []
        sys.argv, sys.path, sys.modules["__main__"] = before
    replay = Replay([one for one in recorder.passes if complete(one)], bug)
    if failed and not replay.passes:
        raise ScriptFailed(f"{path} failed before its first backward pass was complete", failed)
    if not recorder.passes:
        raise StudyError(f"{path}: expected a script that calls backward(); it ran no backward pass")
    if chosen is not None and chosen > len(recorder.passes):
        raise StudyError(f"{path}: expected at least {chosen} backward passes, got {len(recorder.passes)}")
    replay.check(recorder.passes, max_nodes)
    return Run(replay, recorder.passes, failed)


def complete(recorded: Pass) -> bool:
    """Return whether a pass was kept and none of its backward functions raised."""
    return bool(recorded.steps) and bool(recorded.steps[-1].contributions)


def own_traceback(error: BaseException, path: str) -> str:
    """Return the traceback as `python script.py` would print it, starting at the script's first frame."""
    frame: TracebackType | None = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename != path:
        frame = frame.tb_next
    if isinstance(error, SyntaxError) and frame is None:
        return "".join(traceback.format_exception_only(error)).rstrip()
    return "".join(traceback.format_exception(type(error), error, frame)).rstrip()
