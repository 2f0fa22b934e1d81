from __future__ import annotations

from typing import TYPE_CHECKING

from django_share_analytics.management.forgetting_command import ForgettingCommand
from django_share_analytics.management.stopping import STOPPABLE
from django_share_analytics.upkeep import blank_shares
from django_share_analytics.upkeep.blanking import (
    BLANK_BATCH_SIZE,
    SOMETHING_PERSONAL,
    blankable,
)

if TYPE_CHECKING:
    from datetime import date

    from django_share_analytics.models import ShareQuerySet


class Command(ForgettingCommand):
    help = (
        "Empties user, session, user agent, referrer and visitor of old shares; rows and counts "
        "stay. Shares of that time that arrive later are stored without these. Safe to run again. "
        f"{STOPPABLE}"
    )
    setting = "PERSONAL_DATA_DAYS"
    batch_size = BLANK_BATCH_SIZE
    doing, done, staying = "Emptying", "emptied", "Rows and counts stay."
    forget = staticmethod(blank_shares)

    @staticmethod
    def old_shares(day: date) -> ShareQuerySet:
        return blankable(day).filter(SOMETHING_PERSONAL)
