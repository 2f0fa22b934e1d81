"""What is counted by name: networks that previews and visits speak of, and goals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django_share_analytics.admin import words
from django_share_analytics.admin.charts import bar_length
from django_share_analytics.conf import get_settings
from django_share_analytics.platforms import network_label

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NamedCount:
    label: str
    bar: str
    times: str


def count_networks(counts: Mapping[str, int] | None) -> list[NamedCount]:
    """By the names that platforms have; of other networks by their own."""
    platforms = get_settings().platforms
    by_label: Counter[str] = Counter()
    for name, n in (counts or {}).items():
        is_known = name in platforms.by_name
        by_label[str(platforms.label(name)) if is_known else network_label(name)] += n
    return count_names(dict(by_label.most_common()))


def count_names(counts: Mapping[str, int] | None) -> list[NamedCount]:
    """In the order given, each beside the largest."""
    given = counts or {}
    largest = max(given.values(), default=0)
    return [
        NamedCount(words.shortened(name), bar_length(n, largest), words.number(n))
        for name, n in given.items()
    ]
