"""The commands of the lab that take folders of results: merge them, or show them as a page."""

from __future__ import annotations

import argparse
from typing import Any

from tinygrad_dropout import lab
from tinygrad_dropout.cli.arguments import name_of_file
from tinygrad_dropout.cli.experiment import new_console, report_errors, show_outcome
from tinygrad_dropout.cli.lab.command import new_parser
from tinygrad_dropout.lab.trials.folder import EXTENDABLE


def add_merge(parsers: argparse._SubParsersAction[Any]) -> None:
    """Add `lab merge`."""
    parser = new_parser(
        parsers,
        "merge",
        "combine folders of one experiment, for example of seeds that ran on several machines",
        "Write a folder with the records of several folders that differ only in their seeds.",
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
    parser = new_parser(
        parsers,
        "report",
        "results as one page for a browser, with pictures",
        "Write the results of a folder, or of the folders in it, as one HTML file that needs nothing else: with their\n"
        "sentences, tables and pictures, and with the options and versions that the figures were made with.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=name_of_file, help="with a results.json, or with such folders")
    parser.add_argument("--out", metavar="FILE", type=name_of_file, help="the page (default: FOLDER/report.html)")
    parser.set_defaults(run=lambda options: report_errors(lambda: write_report(options.folder, options.out)))


def write_report(folder: str, out: str | None) -> int:
    """Write the page, and say where it is and what is not on it."""
    lab.require_extras(needed_by="tinygrad-dropout lab report")
    console = new_console()
    page = lab.report(folder, out, tell=console.print)
    console.print(f"Report: {page}")
    return 0
