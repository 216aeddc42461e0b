"""`python -m tinygrad_dropout` is the command `tinygrad-dropout`."""

import sys

from tinygrad_dropout.cli import main

if __name__ == "__main__":
    sys.exit(main())
