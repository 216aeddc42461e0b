"""Results as one page that a browser shows: everything is in it, so that it can be sent and printed."""

from tinygrad_dropout.lab.page.outcomes import read_outcomes, write_page
from tinygrad_dropout.lab.page.page import page_of

__all__ = ["page_of", "read_outcomes", "write_page"]
