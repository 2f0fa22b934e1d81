"""Taking over what dead processes left in a journal."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from django_share_analytics.dispatch.journal.home import Home, homes

if TYPE_CHECKING:
    from pathlib import Path

    from django_share_analytics.dispatch.journal.inlet import Inlet
    from django_share_analytics.dispatch.journal.troubles import Troubles

logger = logging.getLogger(__name__)

AT_A_TIME = 100
"""Directories that a process takes over at most before it has emptied some: each is a descriptor.

Workers that are replaced while the database is away leave one each."""


class Adopter:
    """Brings the segments of the dead to ``inlet``."""

    def __init__(self, journal: Path, inlet: Inlet, troubles: Troubles) -> None:
        self._journal, self._inlet, self._troubles = journal, inlet, troubles
        self._looking = threading.Lock()
        self._failed: set[Path] = set()
        self._has_more = False

    def look(self) -> int:
        """How many segments there were."""
        with self._looking:
            self._inlet.let_go()
            self._has_more, found = False, 0
            # One that is gone meanwhile is no trouble any more: it is looked at once again.
            for path in sorted({*self._homes(), *self._failed}):
                self._has_more = self._inlet.adopted >= AT_A_TIME
                if self._has_more:
                    break
                found += self._try(path)
            return found

    def look_for_more(self) -> bool:
        """Whether there was more than could be taken over at a time, and some of it can be now."""
        return self._has_more and self.look() > 0

    def _homes(self) -> list[Path]:
        everywhere = self._journal / "*"  # not what goes wrong with writing, which a share mends
        try:
            found = homes(self._journal)
        except OSError as error:
            self._troubles.note(everywhere, "What dead processes left can't be looked for", error)
            return []
        self._troubles.over(everywhere)
        return found

    def _try(self, path: Path) -> int:
        try:
            found = self._adopt(path)
        except OSError as error:
            self._failed.add(path)
            self._troubles.note(path, "A part of the journal can't be taken over", error)
            return 0
        self._failed.discard(path)
        self._troubles.over(path)
        return found

    def _adopt(self, path: Path) -> int:
        dead = Home.lock(path)
        found = self._inlet.take_over(dead) if dead else 0
        if found:
            logger.warning("Took over %d journal segment(s) of a dead process: %s", found, path)
        return found
