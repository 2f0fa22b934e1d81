from __future__ import annotations

from django_share_analytics.management.forgetting_command import ForgettingCommand
from django_share_analytics.management.stopping import STOPPABLE
from django_share_analytics.upkeep import prune_shares
from django_share_analytics.upkeep.ages import shares_before
from django_share_analytics.upkeep.pruning import PRUNE_BATCH_SIZE


class Command(ForgettingCommand):
    help = (
        "Deletes the rows of old shares; their counts stay. Shares of that time that arrive later "
        "are refused: they may have been counted already. Safe to run again. "
        f"{STOPPABLE}"
    )
    setting = "SHARES_DAYS"
    batch_size = PRUNE_BATCH_SIZE
    doing, done, staying = "Deleting", "deleted", "Their counts stay."
    old_shares = staticmethod(shares_before)
    forget = staticmethod(prune_shares)
