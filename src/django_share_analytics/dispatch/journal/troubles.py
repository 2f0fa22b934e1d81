"""What goes wrong with a journal at the moment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


class Troubles:
    """Each is logged when it begins, not each time it is met; and again if it comes back.

    It is told apart by what it is ``about``: a file, a directory, or the journal for writing to it.
    """

    def __init__(self) -> None:
        self._errors: dict[Path, Exception] = {}

    def note(self, about: Path, what: str, error: Exception) -> None:
        known = self._errors.get(about)
        if known is None or _kind(known) != _kind(error):
            logger.error("%s: %s: %s", what, about, _text(error))
        self._errors[about] = error

    def over(self, about: Path) -> None:
        if self._errors:  # asked for each share, and hardly ever true
            self._errors.pop(about, None)

    def last_error(self) -> str:
        """The one that began last; empty when all is well."""
        errors = list(self._errors.values())
        return _text(errors[-1]) if errors else ""


def _kind(error: Exception) -> tuple[object, ...]:
    """Not the text: each share that is refused may have been meant for a file of another name."""
    return type(error), getattr(error, "errno", None)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
