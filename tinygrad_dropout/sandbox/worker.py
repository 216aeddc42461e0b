"""The program inside the process, `python -m tinygrad_dropout.sandbox.worker SCRATCH`, which `process` starts.

It sets its own limits, calls the requested function, and writes the function's messages and how it ended into a file.
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
    """Do the work described in the folder's `request` file, and end the process."""
    request = json.loads((scratch / "request").read_text(encoding="utf-8"))
    worker = os.getpid()

    def on_copy() -> NoReturn:
        """End a forked child that returned, and its parent."""
        messages.note_copy()
        with suppress(OSError):
            os.kill(worker, signal.SIGKILL)
        os._exit(1)

    messages = Messages(scratch / "messages", on_copy)
    end_with_parent(request["parent"])
    limit_memory(request["memory"])
    stop_copies(on_copy)
    # Ctrl-C in the terminal does not reach this session, so any KeyboardInterrupt comes from the code itself.
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
        with suppress(BaseException):  # the code may have replaced it
            stream.flush()
    os._exit(0)  # immediately, without waiting for threads, exit handlers or finalizers


def change_folder(folder: str, path: list[str]) -> None:
    """Change to the working folder and make the parent's modules importable, after Python's own."""
    sys.path[:] = [entry for entry in sys.path if entry != os.getcwd()]
    os.chdir(folder)
    sys.path += [entry for entry in path if entry not in sys.path]


def place_of(error: BaseException) -> str:
    """`layers.py, line 12`: where an exception was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


def limit_memory(limit: int) -> None:
    """If the system allows it, make larger allocations raise a MemoryError, and write no core files."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def end_with_parent(parent: int) -> None:
    """If the system allows it, end this process when its parent is killed."""
    if sys.platform != "linux":
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # the parent was killed before that
        os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
