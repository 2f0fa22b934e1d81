"""What commands are tried with."""

from tests.status.conftest import reporting

__all__ = ["reporting"]
