"""What became of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_share_analytics.events import Event, ImpressionEvent, LinkEvent


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a batch. Every event of it is in exactly one of these lists.

    Of several events with the same id, all but one are duplicates.
    """

    recorded: list[Event] = field(default_factory=list)
    duplicates: list[Event] = field(default_factory=list)
    unknown_app: list[Event] = field(default_factory=list)
    before_retention: list[Event] = field(default_factory=list)
    """Older than what is kept row by row, so that nobody can tell whether they are known."""
    not_counted: list[LinkEvent | ImpressionEvent] = field(default_factory=list)
    """Steps that are the sharer's own, a robot's, of another app than their share, or of a share
    that nobody knows, and impressions of a robot: why, is among the outcomes."""
    waiting: list[LinkEvent] = field(default_factory=list)
    """Steps on the link of a share that is not there yet: kept until it comes."""
    unknown_tenant: list[Event] = field(default_factory=list)
    """Of a place that is gone, or that nobody named. (:func:`write_shares` has none of those.)"""
    refused: list[Event] = field(default_factory=list)
    """What the database does not take. (:func:`write_shares` raises its error instead.)"""

    def __add__(self, other: WriteResult) -> WriteResult:
        """What became of two batches."""
        return WriteResult(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )
