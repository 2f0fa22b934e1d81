"""The largest cascades, drawn as trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_share_analytics.admin import words
from django_share_analytics.admin.charts.tree import tree_chart
from django_share_analytics.admin.columns import moment
from django_share_analytics.admin.virality.durations import span_of
from django_share_analytics.conf import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django_share_analytics.admin.charts.tree import TreeChart
    from django_share_analytics.virality.results import Cascade, Cascades, Virality

DRAWN = 3
"""So many trees are drawn, each of some kilobytes; the others are rows."""
SOME = 60
"""Seconds below which nobody is told how old what is shown is."""


@dataclass(frozen=True, slots=True)
class CascadeRow:
    name: str
    platform: str
    url: str
    """The page of the share that began it, for those who may see it."""
    began: str
    size: str
    depth: str
    virality: str


@dataclass(frozen=True, slots=True)
class DrawnCascade:
    """One that is drawn, with what pointing at its steps says."""

    name: str
    title: str
    chart: TreeChart
    steps: list[str]

    @property
    def columns(self) -> list[tuple[object, str]]:
        return list(zip(self.chart.columns, self.steps, strict=True))


@dataclass(frozen=True, slots=True)
class CascadesReport:
    rows: list[CascadeRow]
    trees: list[DrawnCascade]
    summary: str
    age: str
    """Empty when they were looked for just now."""
    days: str
    """On which they began, where these are not the page's."""


def build_cascades(
    virality: Virality, share_url: Callable[[object], str] | None
) -> CascadesReport | None:
    """``None`` if nobody has looked. ``share_url`` makes the address of a single share."""
    cascades, matured = virality.cascades, virality.cohort.matured
    if cascades is None or matured is None:
        return None
    is_of_page = (cascades.start, cascades.end) == (matured.start, matured.end)
    grown = [cascade for cascade in cascades.largest if cascade.size > 1]
    return CascadesReport(
        rows=[_row(cascade, share_url) for cascade in grown],
        trees=[_tree(cascade) for cascade in grown if cascade.parents][:DRAWN],
        summary=_summary(cascades),
        age=_age(cascades, virality.cohort.question.now),
        days="" if is_of_page else words.day_range(cascades.start, cascades.end),
    )


def _row(cascade: Cascade, share_url: Callable[[object], str] | None) -> CascadeRow:
    return CascadeRow(
        name=words.shortened(cascade.app_name),
        platform=str(get_settings().platforms.label(cascade.platform)),
        url=share_url(cascade.root_id) if share_url else "",
        began=moment(cascade.started_at),
        size=words.number(cascade.size),
        depth=words.number(cascade.depth),
        virality=number_format(round(cascade.structural_virality, 1), 1),
    )


def _tree(cascade: Cascade) -> DrawnCascade:
    chart = tree_chart(cascade.parents)
    size = words.shares(cascade.size)
    return DrawnCascade(
        name=words.shortened(cascade.app_name),
        title=size,
        chart=chart,
        steps=[_step(column.first, column.last, column.shares) for column in chart.columns],
    )


def _step(first: int, last: int, shares: int) -> str:
    values = {"shares": words.shares(shares), "first": words.number(first)}
    if not last:
        return _("The share that began it")
    if first != last:
        steps = {"last": words.number(last)}
        return _("%(first)s to %(last)s steps away: %(shares)s") % {**values, **steps}
    said = ngettext("%(first)s step away: %(shares)s", "%(first)s steps away: %(shares)s", first)
    return said % values


def _summary(cascades: Cascades) -> str:
    if not cascades.roots:
        return _("No shares began on these days.")
    values = {
        "roots": words.number(cascades.roots),
        "forwarded": words.number(cascades.forwarded),
        "percent": words.per_cent(cascades.forwarded / cascades.roots),
    }
    return _("Of %(roots)s shares that nobody was led to, %(forwarded)s led on (%(percent)s).") % (
        values
    )


def _age(cascades: Cascades, now: datetime) -> str:
    seconds = (now - cascades.made_at).total_seconds()
    if seconds < SOME:
        return ""
    return _("As of %(ago)s ago.") % {"ago": span_of(seconds)}
