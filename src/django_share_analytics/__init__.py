"""Share analytics for Django: count how things are shared, exactly and without slowing anyone."""

from django_share_analytics.conversions import atrack_conversion, track_conversion
from django_share_analytics.events import ImpressionEvent, LinkEvent, ShareEvent
from django_share_analytics.tracking import Receipt, atrack_share, track_share

__version__ = "0.1.0"

__all__ = [
    "ImpressionEvent",
    "LinkEvent",
    "Receipt",
    "ShareEvent",
    "__version__",
    "atrack_conversion",
    "atrack_share",
    "track_conversion",
    "track_share",
]
