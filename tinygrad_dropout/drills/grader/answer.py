"""Reads and runs a learner's file and calls its functions; whatever goes wrong is reported in a sentence."""

from __future__ import annotations

import ast
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from inspect import Parameter, iscoroutine, signature
from types import ModuleType
from typing import Any

import numpy as np

from tinygrad_dropout.drills.bundle import PACKAGE, files_in, is_bundle
from tinygrad_dropout.drills.grader.inputs import copied
from tinygrad_dropout.drills.grader.own_tests import without_tests
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN, Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text, call_text, shown_arguments
from tinygrad_dropout.drills.grader.surroundings import refuse_reading_the_answer, surroundings_kept
from tinygrad_dropout.sandbox import import_package

FILE = "your file"


def run(source: str, filename: str = FILE, refused: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a learner's file, or import their package; returns what it defines.

    Args:
        source: the text of the file; or that of a package, see `bundle`.
        filename: of a file, for tracebacks.
        refused: NumPy names that would be the whole answer -> why they are refused.

    Raises:
        Rejected: it cannot be compiled, imports what it must not, or raises.
    """
    if is_bundle(source):
        trees = {path: read(text, f"{PACKAGE}/{path}", refused or {}) for path, text in files_in(source).items()}
        with surroundings_kept():
            namespace: dict[str, Any] = reject_errors(lambda: import_package(PACKAGE, trees), "Your package")
        return namespace
    tree = read(source.removeprefix("\ufeff"), filename, refused or {})  # a byte order mark, which some editors write
    module = ModuleType("answer")
    module.__file__ = filename
    sys.modules["answer"] = module  # where a dataclass looks up the names in its annotations
    with surroundings_kept():
        reject_errors(lambda: exec(compile(tree, filename, "exec"), vars(module)), "Your file")
    return vars(module)


def read(source: str, filename: str, refused: Mapping[str, str]) -> ast.Module:
    """Parse a file and check that it may be run; tracebacks then show its lines."""
    try:
        tree = ast.parse(source, filename)
        compile(tree, filename, "exec")  # finds errors that parsing does not, such as a `return` outside a function
    except (SyntaxError, ValueError) as error:
        raise Rejected(syntax_rejection(error, filename)) from None
    refuse_imports(tree, *((filename, PACKAGE) if in_package(filename) else ()))
    refuse_names(without_tests(tree), refused)  # a test may compare with what NumPy gives
    refuse_reading_the_answer(tree)
    LEARNERS.add(filename)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return tree


def in_package(filename: str) -> bool:
    """Whether a file is one of a package."""
    return filename.startswith(f"{PACKAGE}/")


def syntax_rejection(error: SyntaxError | ValueError, filename: str) -> Rejection:
    """A syntax error in Python's own words, with the line."""
    what = filename if in_package(filename) else "your file"
    if "null bytes" in str(error):  # Python gives no line for it
        return Rejection(
            "syntax-error",
            f"Python cannot read {what}: it contains a null byte; expected text.",
            "Which editor or program wrote it? Save it again, as UTF-8.",
        )
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return Rejection("syntax-error", f"Python cannot read {what}: {error}.")
    line = (error.text or "").strip()
    shown = (("the line", line),) if line else ()
    place = f"line {error.lineno}{f' of {filename}' if in_package(filename) else ''}"
    return Rejection("syntax-error", f"Python cannot read {place}: {error.msg}.", shown=shown)


def refuse_imports(tree: ast.AST, file: str = "Your file", own: str = "") -> None:
    """Reject every import except the standard library, NumPy and the learner's own package."""
    for node in ast.walk(tree):
        names: list[str | None] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [own if own and node.level else node.module or "."]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("__import__", "import_module")):
            first = node.args[0] if node.args else None
            names = [str(first.value) if isinstance(first, ast.Constant) else None]
        for name in names:
            top = (name or "something computed").partition(".")[0] or "from the folder it is in"
            if top not in ("numpy", own) and top not in sys.stdlib_module_names:
                raise Rejected(
                    Rejection(
                        "forbidden-import",
                        f"{file} imports {top}; only NumPy and the standard library are allowed.",
                        "The point is to write it yourself: the interviewer will ask what the import does.",
                    )
                )


def refuse_names(tree: ast.AST, refused: Mapping[str, str]) -> None:
    """Reject names that would be the whole answer: `np.broadcast_shapes` if the task is to write broadcasting."""
    for node in ast.walk(tree):
        used: list[str] = []
        if isinstance(node, ast.Attribute):
            used = [node.attr]
        elif isinstance(node, ast.ImportFrom):
            used = [alias.name for alias in node.names]
        for name in used:
            if name in refused:
                message = f"Your file uses NumPy's {name}, which is not allowed here: {refused[name]}."
                raise Rejected(Rejection("forbidden-name", message))


def reject_errors(
    action: Callable[[], Any], what: str, call: str = "", shown: Callable[[], tuple[tuple[str, str], ...]] = tuple
) -> Any:
    """Run an action; everything that it raises, except Ctrl-C, becomes a rejection.

    Args:
        action: runs the learner's code.
        what: for the message: `Your file`.
        call: as it would be typed; "" for a whole file.
        shown: gives the arguments as texts; called only for a rejection, because it takes longer than most calls.
    """
    try:
        with np.errstate(all="ignore"):  # also undoes what a function sets with np.seterr
            return action()
    except (KeyboardInterrupt, Rejected):
        raise
    except BaseException as error:
        code, message, question = raised(error, call or what)
        texts = shown()
        if call and texts:
            texts = (("the call", call), *texts)
        raise Rejected(Rejection(code, message, question, shown=texts, traceback=own_traceback(error))) from error


def raised(error: BaseException, what: str) -> tuple[str, str, str]:
    """The code, message and question for an exception."""
    if isinstance(error, NotImplementedError):
        place = line_of(error)
        came = f"{what} reached {place or 'a NotImplementedError'}, which is not written yet."
        return PART_NOT_WRITTEN, came, "For which arguments does your code get there?"
    if isinstance(error, SystemExit):
        return "calls-exit", f"{what} called exit(): the grader cannot go on.", "Return a value instead."
    if isinstance(error, EOFError):
        return "asks-for-input", f"{what} waits for input(), but there is no input here.", "Use only the arguments."
    if isinstance(error, MemoryError):
        return "out-of-memory", f"{what} needed more memory than there is.", "Is an array far larger than its input?"
    if isinstance(error, RecursionError):
        return "recursion-error", f"{what} exceeded Python's recursion limit.", "Does it call itself forever?"
    text = " ".join(str(error).split()).rstrip(".")
    place = line_of(error)
    where, why = f" in {place}" if place else "", f": {text:.300}" if text else ""
    return "raises", f"{what} raised {type(error).__name__}{where}{why}.", ""


def line_of(error: BaseException) -> str:
    """`line 3`, or `line 3 of framework/nn.py`: the last of the learner's lines in a traceback; "" for none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_theirs(frame.filename)]
    if not frames:
        return ""
    last = frames[-1]
    return f"line {last.lineno}{f' of {last.filename}' if in_package(last.filename) else ''}"


def own_traceback(error: BaseException) -> str:
    """The traceback from the learner's file on, without the grader's lines."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, frame in enumerate(frames) if is_theirs(frame.filename)), len(frames))
    kept = frames[first:]
    if len(kept) > 30:
        kept = kept[:10] + kept[-10:]
    return "".join(
        ["Traceback (most recent call last):\n", *traceback.format_list(kept), *traceback.format_exception_only(error)]
    )


def is_theirs(filename: str) -> bool:
    """Whether a file of a traceback is the learner's: neither ours, nor Python's, nor NumPy's."""
    return filename == FILE or filename in LEARNERS


#: the names under which learners' files were run
LEARNERS: set[str] = set()


class Answer:
    """A function of the learner's, called with copies of its arguments.

    Args:
        function: the learner's function.
        name: its name.
        parameters: the names of its parameters.
        said: gives the text of a call for messages, from the same arguments: `Value(0) ** 0`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        parameters: tuple[str, ...],
        said: Callable[..., str] | None = None,
    ) -> None:
        self.function, self.name, self.parameters, self.said = function, name, parameters, said

    def call(self, arguments: tuple[Any, ...]) -> str:
        """A call with these arguments, as a learner would write it."""
        return self.said(*arguments) if self.said else call_text(self.name, self.parameters)

    def __call__(self, *arguments: Any, may_return_none: bool = False, may_change: bool = False) -> Any:
        """Call the function and return its result.

        Raises:
            Rejected: it raised, returned None, or changed an array that it was given.
        """
        given = tuple(copied(argument) for argument in arguments)
        shown = partial(shown_arguments, self.parameters, arguments)  # the learner's function gets copies
        call = self.call(arguments)
        value = reject_errors(lambda: self.function(*given), call, call, shown)
        refuse_coroutine(value, self.name, call)
        if value is None and not may_return_none:
            raise Rejected(Rejection("returns-none", f"{call} returned None.", "Is a `return` missing?", shown=shown()))
        if not may_change:
            self.refuse_changes(arguments, given)
        return value

    def refuse_changes(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        """Reject a changed argument: the array belongs to the caller."""
        for name, old, new in zip(self.parameters, before, after, strict=False):
            if isinstance(old, np.ndarray) and not same(old, new):
                raise Rejected(
                    Rejection(
                        "changes-its-input",
                        f"{self.name} changed the array {name} that it was given.",
                        "Other code still needs that array: work on a copy, or write `a = a * b` instead of `a *= b`.",
                        shown=(*shown_arguments(self.parameters, before), (f"{name} afterward", as_text(new))),
                        kind="ownership",
                    )
                )


def refuse_coroutine(value: Any, name: str, call: str) -> None:
    """Reject what an `async def` returns: nothing has been computed yet."""
    if iscoroutine(value):
        value.close()  # else Python warns that it was never awaited
        message = f"{call} returned a coroutine, because {name} is an `async def`; expected a plain `def`."
        raise Rejected(Rejection("is-async", message, "Is there anything here to wait for?"))


def same(old: Any, new: Any) -> bool:
    """Whether an array is unchanged."""
    return (
        old.shape == new.shape and old.dtype == new.dtype and np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    )


def callable_of(namespace: Mapping[str, Any], name: str, parameters: tuple[str, ...], kind: str = "function") -> Any:
    """A function or class of the learner's file that can be called with these parameters.

    Raises:
        Rejected: it is missing, or has another signature.
    """
    call = call_text(name, parameters)
    found = namespace.get(name)
    if found is None:
        defined = sorted(key for key, value in namespace.items() if callable(value) and not key.startswith("_"))
        there = f" It defines {', '.join(defined)}." if defined else ""
        raise Rejected(Rejection("missing", f"Your file has no {kind} {name}; expected {call}.{there}"))
    if not callable(found):
        raise Rejected(Rejection("missing", f"{name} is a {type(found).__name__}; expected a {kind} {call}."))
    try:
        wanted = signature(found)
        wanted.bind(*parameters)
    except (TypeError, ValueError):
        theirs = ", ".join(
            str(parameter).partition(":")[0] for parameter in signature(found).parameters.values()
            if parameter.kind is not Parameter.KEYWORD_ONLY
        )  # fmt: skip
        raise Rejected(Rejection("wrong-signature", f"{name}({theirs}) cannot be called as {call}.")) from None
    return found
