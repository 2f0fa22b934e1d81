"""Share analytics for Django: count how things are shared, exactly and without slowing anyone."""

from .events import ShareEvent
from .tracking import Receipt, track_share

__version__ = "0.1.0"

__all__ = ["Receipt", "ShareEvent", "__version__", "track_share"]
