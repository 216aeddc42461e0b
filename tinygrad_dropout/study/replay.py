"""record() and the Replay that it returns: recorded backward passes, as text and as a page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from types import TracebackType

from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.recorder import Recorder
from tinygrad_dropout.study.text import as_text, compare_as_text
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.wrong_run import bug_applies, find_bug, run_with_bug

MAX_NODES = 300


def record(*, bug: str | Bug | None = None, max_nodes: int = MAX_NODES) -> Recording:
    """Record the backward passes that run inside: `with study.record() as replay: loss.backward()`.

    If the forward pass runs inside too, each operation is shown with the line and the layer that called it. Recording
    does not change any gradient, not even in the last bit.

    Args:
        bug: the name of a wrong backward function (see `study.BUGS`), or a `study.Bug` of your own. The pass is rerun
            with it, and you see both runs at the first step where they differ.
        max_nodes: refuse graphs with more operations. You would not want to read that many steps.

    Returns:
        A context manager that gives a `Replay`. The passes are in it once the `with` block has ended.

    Raises:
        StudyError: the bug is unknown; or, when the `with` block ends, no backward() ran inside, all graphs had too
            many operations, or none uses the bug's operation.
    """
    return Recording(Recorder(max_nodes=max_nodes), None if bug is None else find_bug(bug))


class Recording:
    """The context manager that `record` returns."""

    def __init__(self, recorder: Recorder, bug: Bug | None = None) -> None:
        self.recorder = recorder
        self.context = ModeContext(watcher=recorder)
        self.replay = Replay([], bug)

    def __enter__(self) -> Replay:
        self.context.__enter__()
        return self.replay

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.context.__exit__()
        self.recorder.running = []  # to free the graph's tensors
        self.replay.passes = [recorded for recorded in self.recorder.passes if recorded.steps]
        if error is None:
            self.replay.check(self.recorder.passes, self.recorder.max_nodes)


class Replay:
    """Recorded backward passes: `print(replay)`, `replay.save("replay.html")`, or `replay` in a notebook.

    Args:
        passes: the passes, in the order in which they ran.
        bug: a wrong backward function to compare with the correct one.

    Attributes:
        passes: as above. Each has `nodes` (the tensors) and `steps`.
    """

    def __init__(self, passes: list[Pass], bug: Bug | None = None) -> None:
        self.passes = passes
        self.bug = bug

    def check(self, ran: list[Pass], max_nodes: int) -> None:
        """Refuse a recording without a pass to show, and a bug that applies to none of its passes.

        Args:
            ran: all passes that ran.
            max_nodes: how many operations a graph was allowed to have.
        """
        if not ran:
            raise StudyError(
                "study.record: expected a call of backward() inside the `with` block, on a result of operations; "
                "none ran there"
            )
        if not self.passes:
            raise StudyError(
                f"study.record: expected a graph of at most {max_nodes:,} operations, got {ran[0].operations:,}; "
                "record a smaller network or a part of it, or raise the limit (max_nodes=, --max-nodes)"
            )
        if self.bug:
            affected = [recorded for recorded in self.passes if bug_applies(recorded, self.bug)]
            self.rerun_with_bug((affected or self.passes)[0])

    def __str__(self) -> str:
        if not self.passes:
            return "nothing is recorded yet: the recording is ready when the `with study.record()` block has ended"
        return "\n\n".join(self.text(recorded) for recorded in self.passes)

    def text(self, recorded: Pass) -> str:
        """Return one pass as text; if a bug applies to it, the first step that differs."""
        if self.bug and bug_applies(recorded, self.bug):
            return compare_as_text(recorded, self.rerun_with_bug(recorded), self.bug)
        return as_text(recorded)

    def rerun_with_bug(self, recorded: Pass) -> Pass:
        """Rerun the pass with the bug."""
        assert self.bug is not None, "this replay has no bug"
        return run_with_bug(recorded, self.bug)

    def __repr__(self) -> str:
        steps = ", ".join(str(len(recorded.steps)) for recorded in self.passes)
        return f"Replay(passes={len(self.passes)}, steps={steps or 0})"

    def html(self) -> str:
        """Return the page as HTML: one file that needs no others.

        Raises:
            StudyError: igraph, which lays out the graph, is not installed.
        """
        from tinygrad_dropout.study.page import page

        return page(self.passes, self.bug)

    def save(self, path: str | Path) -> Path:
        """Write the page to a file. Returns the path.

        Raises:
            StudyError: igraph, which lays out the graph, is not installed.
            OSError: the file cannot be written.
        """
        path = Path(path)
        path.write_text(self.html(), encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        """Return the page for a notebook, in an iframe that keeps its style and its keys to itself."""
        return (
            f'<iframe title="replay of one backward pass" srcdoc="{escape(self.html())}" '
            'sandbox="allow-scripts" style="width: 100%; height: 46rem; border: 1px solid #888"></iframe>'
        )
