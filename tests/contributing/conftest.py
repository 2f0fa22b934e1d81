"""What the tests of dispatchers and of gates make, for those that the page makes."""

from tests.dispatch.conftest import settle, use
from tests.gates.conftest import configure

__all__ = ["configure", "settle", "use"]
