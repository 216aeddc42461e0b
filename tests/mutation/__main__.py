"""The command: `python -m tests.mutation --sample 1000 --seed 0`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

EPILOG = """
Results are appended to the file of --out, so that an interrupted run can continue. The exit code is 0 if at
least 98% of the mutants that are not excused were killed and at most 5% of the sample are excused, 1 if not, and 2
for wrong arguments or a suite that fails on the unchanged code.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(2)


def whole_number(least: int) -> object:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return int(text)

    return number


def main(arguments: list[str] | None = None) -> int:
    parser = Parser("python -m tests.mutation", description="Mutation testing of the core.", epilog=EPILOG)
    parser.add_argument("--sample", type=whole_number(0), default=1000, help="how many mutants to draw; 0: all")
    parser.add_argument("--seed", type=whole_number(0), default=0, help="of the draw")
    parser.add_argument("--workers", type=whole_number(1), default=1, help="how many mutants to try at a time")
    parser.add_argument("--files", nargs="+", metavar="FILE", help="only mutants of these files")
    parser.add_argument("--out", type=Path, default=Path(".mutation.jsonl"), help="where results are kept")
    parser.add_argument("--excused", action="store_true", help="try the excused mutants instead: all should survive")
    options = parser.parse_args(arguments)
    try:
        from tests.mutation import run
    except ImportError as error:
        parser.error(f"expected Cosmic Ray to be installed (pip install -e '.[dev]'), and the import failed: {error}")
    from tests.mutation.core import core
    from tests.mutation.trial import BrokenSuiteError

    subject = core()
    unknown = sorted(set(options.files or ()) - set(subject.files))
    if unknown:
        parser.error(f"expected files of the core, such as {subject.files[0]}, got {', '.join(unknown)}")
    if options.out.is_dir() or not options.out.resolve().parent.is_dir():
        parser.error(f"expected --out to be a file in a folder that exists, got {options.out}")
    try:
        return run.run(subject, options)
    except BrokenSuiteError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print(f"stopped; the same command continues from the results in {options.out}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
