"""The commands of the lab that work on folders of results: merge them, or show them as a page."""

from __future__ import annotations

import argparse
from typing import Any

from tinygrad_dropout import lab
from tinygrad_dropout.cli.arguments import name_of_file
from tinygrad_dropout.cli.experiment import new_console, report_errors, show_outcome
from tinygrad_dropout.lab.trials.folder import EXTENDABLE


def add_merge(parsers: argparse._SubParsersAction[Any]) -> None:
    """Add `lab merge`."""
    parser = parsers.add_parser(
        "merge",
        help="combine folders of one experiment, such as seeds from several machines",
        description="Combine folders that differ only in their seeds into one.",
    )
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=name_of_file, help="folders with a results.json")
    parser.add_argument("--out", metavar="FOLDER", required=True, type=name_of_file, help="the folder to write")
    parser.set_defaults(run=lambda options: report_errors(lambda: show_merged(options.folders, options.out)))


def show_merged(folders: list[str], out: str) -> int:
    """Merge the folders, and show the result."""
    lab.require_extras(needed_by="tinygrad-dropout lab merge")
    outcome = lab.merge(folders, out)
    seeds = [f"--{name.replace('_', '-')} {outcome.options[name]}" for name in EXTENDABLE if name in outcome.options]
    return show_outcome(outcome, out, command=f"the command that made these folders, {' '.join(seeds)}")


def add_report(parsers: argparse._SubParsersAction[Any]) -> None:
    """Add `lab report`."""
    parser = parsers.add_parser(
        "report",
        help="write results as one page for the browser, with pictures",
        description="Write the results in a folder, or in the folders inside it, as one self-contained HTML file: the "
        "sentences, tables and pictures, and the options and versions behind them.",
    )
    parser.add_argument(
        "folder", metavar="FOLDER", type=name_of_file, help="a folder with a results.json, or with such folders inside"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=name_of_file, help="the page to write (default: FOLDER/report.html)"
    )
    parser.set_defaults(run=lambda options: report_errors(lambda: write_report(options.folder, options.out)))


def write_report(folder: str, out: str | None) -> int:
    """Write the page, and say where it is and what it leaves out."""
    lab.require_extras(needed_by="tinygrad-dropout lab report")
    console = new_console()
    page = lab.report(folder, out, tell=console.print)
    console.print(f"Report: {page}")
    return 0
