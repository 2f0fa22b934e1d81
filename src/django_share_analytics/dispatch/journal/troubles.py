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
        self._errors: dict[Path, tuple[object, str]] = {}

    def note(self, about: Path, what: str, error: Exception) -> None:
        # Told from another by its kind: the text may name the file that one share was meant for.
        kind = type(error), getattr(error, "errno", None)
        text = f"{type(error).__name__}: {error}"
        if self._errors.get(about, (None, ""))[0] != kind:
            logger.error("%s: %s: %s", what, about, text)
        self._errors[about] = kind, text

    def over(self, about: Path) -> None:
        if self._errors:  # asked for each share, and hardly ever true
            self._errors.pop(about, None)

    def last_error(self) -> str:
        """The one that began last; empty when all is well."""
        errors = list(self._errors.values())
        return errors[-1][1] if errors else ""
