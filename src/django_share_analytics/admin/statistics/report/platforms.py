"""Where things are shared to, in parts that add up to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import bar_length
from django_share_analytics.admin.statistics.links import link
from django_share_analytics.conf import get_settings
from django_share_analytics.stats import percentages

if TYPE_CHECKING:
    from django_share_analytics.stats import ShareStats


@dataclass(frozen=True, slots=True)
class PlatformRow:
    label: str
    shares: str
    percent: str
    bar: str
    url: str
    is_chosen: bool


def build_platforms(stats: ShareStats) -> list[PlatformRow]:
    """The rows of all platforms, most shared first, each with the way to it alone (and back)."""
    label, chosen = get_settings().platforms.label, stats.question.platform
    parts = percentages(stats.every_platform)
    largest = max(stats.every_platform.values(), default=0)
    return [
        PlatformRow(
            str(label(name)),
            words.number(count),
            words.part(parts[name], count),
            bar_length(count, largest),
            link(stats.question, platform=None if name == chosen else name),
            name == chosen,
        )
        for name, count in stats.every_platform.items()
    ]
