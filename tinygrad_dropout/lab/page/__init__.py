"""Results as one self-contained HTML page, which you can send and print."""

from tinygrad_dropout.lab.page.outcomes import read_outcomes, write_page
from tinygrad_dropout.lab.page.page import page_of

__all__ = ["page_of", "read_outcomes", "write_page"]
