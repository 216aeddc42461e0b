"""`python -m tests.differential --programs 100000 [--seed 0]`: search for a disagreement with PyTorch.

Exit codes: 0 no disagreement, 1 a disagreement (printed as a script that shows it), 2 wrong arguments.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from typing import NoReturn

BATCH = 1000  # programs per search of Hypothesis, which remembers what it has tried


class WrongArguments(Exception):
    """Wrong arguments, described in one sentence."""


class Parser(ArgumentParser):
    """An ArgumentParser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(message)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = Parser(prog="python -m tests.differential", description="Compare random programs with PyTorch.")
    parser.add_argument("--programs", type=positive, default=10_000, help="how many programs (default: 10,000)")
    parser.add_argument("--seed", type=int, default=0, help="which programs (default: 0)")
    try:
        options = parser.parse_args(arguments)
        from tests.differential.spellings import torch

        if torch is None:
            raise WrongArguments("PyTorch is needed for the comparison: pip install torch")
    except WrongArguments as wrong:
        print(f"python -m tests.differential: {wrong}", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    return compare(options.programs, options.seed)


def compare(programs: int, seed: int) -> int:
    """Search in batches, with progress."""
    from tests.differential.coverage import table
    from tests.differential.script import script
    from tests.differential.search import search

    counts: Counter[str] = Counter()
    done, began = 0, time.monotonic()
    while done < programs:
        outcome = search(min(BATCH, programs - done), seed * 1_000_003 + done)
        done += outcome.programs
        counts += outcome.counts
        if outcome.found is not None:
            print(f"A disagreement after {done:,} programs. This shows it:\n\n{script(outcome.found)}")
            return 1
        pace = done / (time.monotonic() - began)
        print(f"{done:,} of {programs:,} programs, {pace:.0f} a second", flush=True)
    print(f"\nHow many programs had each of these:\n{table(counts)}\n\n{done:,} programs: no disagreement")
    return 0


if __name__ == "__main__":
    sys.exit(main())
