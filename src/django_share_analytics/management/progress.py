"""How far a long command is: a bar for somebody who is watching, nothing in a log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from django.core.management.base import OutputWrapper

WIDTH = 30
SECONDS_BETWEEN = 0.2
CLEAR = "\r\x1b[K"
"""Takes away what is on the line."""


class ProgressBar:
    """A line on a terminal that is written over and over, and taken away at the end."""

    def __init__(self, stream: OutputWrapper, label: str, verbosity: int = 1) -> None:
        self._stream = stream
        self._label = label
        self.is_shown = verbosity > 0 and stream.isatty()
        self._next = 0.0

    def show(self, done: int, total: int, figures: str = "") -> None:
        """How much of ``total`` is done, if there is one, and the figures that say it."""
        now = time.monotonic()
        if not self.is_shown or now < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        text = figures or (f"{done:,} of {total:,}" if total else f"{done:,}")
        if total:
            part = min(done / total, 1.0)
            text = f"[{'#' * int(part * WIDTH):<{WIDTH}}] {part:4.0%}  {text}"
        self._write(f"\r{self._label} {text}\x1b[K")

    def _write(self, text: str) -> None:
        # As it is: what a command writes to stderr is red otherwise.
        self._stream.write(text, str, ending="")
        self._stream.flush()

    def __enter__(self) -> Self:
        if self.is_shown:
            self._write(f"\r{self._label} …\x1b[K")
        return self

    def __exit__(self, *args: Any) -> None:
        if self.is_shown:
            self._write(CLEAR)
