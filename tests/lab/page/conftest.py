"""The browser in which the page is looked at: see tests/study/page/conftest.py."""

from tests.study.page.conftest import browser, visit

__all__ = ["browser", "visit"]
