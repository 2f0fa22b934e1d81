"""The admin pages: the list of shares, the statistics, how far shares travel, and what was set
aside."""

from django_share_analytics.admin.mixins import ShareStatsAdminMixin
from django_share_analytics.admin.set_aside import SetAsideAdmin
from django_share_analytics.admin.shares.page import ShareAdmin
from django_share_analytics.admin.statistics.page import ShareStatisticsAdmin
from django_share_analytics.admin.virality.page import ShareViralityAdmin

__all__ = [
    "SetAsideAdmin",
    "ShareAdmin",
    "ShareStatisticsAdmin",
    "ShareStatsAdminMixin",
    "ShareViralityAdmin",
]
