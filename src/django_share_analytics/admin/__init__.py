"""The admin pages: the list of shares and the statistics."""

from .shares import ShareAdmin
from .statistics import ShareStatisticsAdmin

__all__ = ["ShareAdmin", "ShareStatisticsAdmin"]
