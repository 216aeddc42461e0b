"""What runs inside the process, as `python -m tinygrad_dropout.sandbox.worker SCRATCH`: `process` starts it.

It limits itself, then calls the function that was asked for, and writes into a file what that says and how it ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tinygrad_dropout.sandbox.forks import stop_copies
from tinygrad_dropout.sandbox.messages import Messages
from tinygrad_dropout.sandbox.printable import described


def main(scratch: Path) -> NoReturn:
    """Do what is written in the folder's `request`, and end the process."""
    request = json.loads((scratch / "request").read_text(encoding="utf-8"))
    worker = os.getpid()

    def on_copy() -> NoReturn:
        """End a forked child that came back, and the process that it is a copy of."""
        messages.note_copy()
        with suppress(OSError):
            os.kill(worker, signal.SIGKILL)
        os._exit(1)

    messages = Messages(scratch / "messages", on_copy)
    end_with_parent(request["parent"])
    limit_memory(request["memory"])
    stop_copies(on_copy)
    # Ctrl-C at the terminal does not reach this session, so that a KeyboardInterrupt comes from the code itself.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    change_folder(request["folder"], request["path"])
    module, _, name = request["work"].partition(":")
    work = getattr(import_module(module), name)
    messages.note("began")
    try:
        work(messages.say, *request["arguments"])
        messages.note("returned")
    except MemoryError:
        messages.note("memory", "MemoryError")
    except KeyboardInterrupt as error:
        messages.note("interrupt", place_of(error))
    except BaseException as error:
        messages.note("raised", described(error))
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):  # it may have been replaced by anything
            stream.flush()
    os._exit(0)  # at once: threads, exit handlers and finalisers have nothing more to say


def change_folder(folder: str, path: list[str]) -> None:
    """Go to the working folder, and find the modules that the parent would find; Python's own come first."""
    sys.path[:] = [entry for entry in sys.path if entry != os.getcwd()]
    os.chdir(folder)
    sys.path += [entry for entry in path if entry not in sys.path]


def place_of(error: BaseException) -> str:
    """`layers.py, line 12`: where an exception was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


def limit_memory(limit: int) -> None:
    """Where the system has such a limit, make a request for more data than this a MemoryError; write no core file."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def end_with_parent(parent: int) -> None:
    """Where the system offers it, end when the process that waits for this one is killed."""
    if sys.platform != "linux":
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed before that
        os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
