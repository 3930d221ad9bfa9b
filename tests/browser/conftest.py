"""Browser tests of search use the same index as the others."""

from tests.search.conftest import follow, index

__all__ = ["follow", "index"]
