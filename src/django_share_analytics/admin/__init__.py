"""The admin pages: the list of shares, the statistics, and what was set aside."""

from .mixins import ShareStatsAdminMixin
from .set_aside import SetAsideAdmin
from .shares import ShareAdmin
from .statistics import ShareStatisticsAdmin

__all__ = ["SetAsideAdmin", "ShareAdmin", "ShareStatisticsAdmin", "ShareStatsAdminMixin"]
