"""What components of ours are called."""

from __future__ import annotations

_SERIALIZERS = "django_share_analytics.api.serializers"
COMPONENT_NAMES = {
    f"{_SERIALIZERS}.TrackShareSerializer": "NewShare",
    f"{_SERIALIZERS}.VisitSerializer": "Visit",
    f"{_SERIALIZERS}.ConversionSerializer": "Conversion",
    f"{_SERIALIZERS}.ImpressionSerializer": "Impressions",
    f"{_SERIALIZERS}.ShareSerializer": "Share",
}
"""Of our serializers. Those that a host makes of them are called as the host calls them."""


def component_name(short: str) -> str:
    """A name that no other component of a project has: ``Share`` or ``Visit`` may well be one."""
    return f"ShareAnalytics{short}"


def name_of_ours(serializer: type) -> str | None:
    """The name of the component of a serializer; ``None`` if a host made it."""
    short = COMPONENT_NAMES.get(f"{serializer.__module__}.{serializer.__qualname__}")
    return component_name(short) if short else None
