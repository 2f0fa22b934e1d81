"""A dispatcher as somebody else would write it, against the public base class alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import Error

from django_share_analytics.dispatch.base import BaseDispatcher, DispatcherStatus
from django_share_analytics.exceptions import DispatcherUnavailable
from django_share_analytics.writing.batches import write_batch


@dataclass(frozen=True)
class PairOptions:
    pair: int = 2


class PairDispatcher(BaseDispatcher):
    """Writes two by two, in the request that makes the pair full."""

    Options = PairOptions

    def __init__(self, config):
        super().__init__(config)
        self.waiting = []

    def submit(self, event):
        if len(self.waiting) >= 1_000:
            raise DispatcherUnavailable
        self.waiting.append(event)
        if len(self.waiting) >= self.options.pair:
            self.flush()

    def flush(self, timeout=None):
        try:
            write_batch(self.waiting)
        except Error:
            return False
        self.waiting = []
        return True

    def close(self):
        self.flush()

    def status(self):
        return DispatcherStatus(waiting=len(self.waiting))
