"""Share analytics for Django: count how things are shared, exactly and without slowing anyone."""

from django_share_analytics.events import ShareEvent
from django_share_analytics.tracking import Receipt, atrack_share, track_share

__version__ = "0.1.0"

__all__ = ["Receipt", "ShareEvent", "__version__", "atrack_share", "track_share"]
