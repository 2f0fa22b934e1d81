"""A dispatcher that says of itself whatever a test wants."""

from __future__ import annotations

from datetime import timedelta

from django_share_analytics.dispatch.base import DispatcherStatus
from django_share_analytics.events import utc_now
from django_share_analytics.testing import MemoryDispatcher


class Reporting(MemoryDispatcher):
    """Says of itself whatever a test wants."""

    answer = DispatcherStatus(is_shared=True)

    def status(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def codes(found):
    return [(problem.level.name, problem.code) for problem in found.problems]


def minutes_ago(n):
    return utc_now() - timedelta(minutes=n)
