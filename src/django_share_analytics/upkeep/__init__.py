"""What one does now and then: proving and repairing counts, keeping less, forgetting somebody.

What is named here is for scheduled tasks and views of a host's own.
"""

from __future__ import annotations

from django_share_analytics.upkeep.ages import NoAge, TooRecent
from django_share_analytics.upkeep.forgetting import Forgotten, blank_shares, prune_shares
from django_share_analytics.upkeep.persons import (
    Erased,
    ExportedShare,
    PersonExport,
    erase_person,
    export_person,
)

__all__ = [
    "Erased",
    "ExportedShare",
    "Forgotten",
    "NoAge",
    "PersonExport",
    "TooRecent",
    "blank_shares",
    "erase_person",
    "export_person",
    "prune_shares",
]
