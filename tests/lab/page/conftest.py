"""The browser for the tests of the page: see tests/study/page/conftest.py."""

from tests.study.page.conftest import browser, visit

__all__ = ["browser", "visit"]
