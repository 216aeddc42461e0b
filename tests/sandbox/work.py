"""The function that the tests run in sandboxed processes."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tinygrad_dropout.conformance.target import run as call_from_the_package

USED = {ctypes, multiprocessing, os, signal, subprocess, sys, time, Path, call_from_the_package}


def run_source(say, source):
    """Run a source text, which can use `say` and everything that this file imports."""
    exec(compile(source, "stranger.py", "exec"), {**globals(), "say": say})
