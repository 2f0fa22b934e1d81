"""A thread that brings a journal's files to the disk itself, once in an interval."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from django_share_analytics.dispatch.journal.segment import sync_path

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0
"""How long the end of a process waits for a disk."""


class Syncer:
    """Not the thread that writes to the database: that one waits when the database is away."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._paths: set[Path] = set()
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, path: Path) -> None:
        """There is something new in ``path``."""
        with self._lock:
            self._paths.add(path)
            is_running = self._is_running()
        if is_running:
            self._work.set()
        else:  # slower, and no less safe
            self.sync()

    def sync(self) -> None:
        """Sync what is new since the last time. What is gone was recorded."""
        with self._lock:
            paths, self._paths = self._paths, set()
        for path in [*paths, *{path.parent for path in paths}]:
            try:
                with suppress(FileNotFoundError):
                    sync_path(path)
            except OSError:
                logger.exception("The journal could not be brought to the disk: %s", path)

    def stop(self) -> None:
        self._stopping.set()
        self._work.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)
            if self._thread.is_alive():  # we would wait for the same disk
                logger.error("The journal is still being brought to the disk, which takes long")
                return
        self.sync()

    def _is_running(self) -> bool:
        """Whether the thread runs, and sees what is new; it is started if need be."""
        if self._stopping.is_set():
            return False
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._run, name="share-analytics-sync", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # too many of them: the next share may find room for one
                return False
            self._thread = thread
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work.wait()
            self._stopping.wait(self._seconds)
            self._work.clear()
            self.sync()
