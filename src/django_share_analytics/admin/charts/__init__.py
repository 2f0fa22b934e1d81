"""Geometry of the charts on the admin pages: numbers in, SVG coordinates out.

Coordinates leave these modules as strings with a decimal point, whatever the language of the page:
a template that formats numbers itself writes ``12,5`` under a German locale, which is two numbers
in a path. Words, colours and links are the templates' business.
"""

from django_share_analytics.admin.charts.heat import (
    HEAT_LEVELS,
    HeatCell,
    HeatMap,
    HeatRow,
    heat_level,
    heat_map,
)
from django_share_analytics.admin.charts.histogram import Histogram, HistogramBar, histogram
from django_share_analytics.admin.charts.interval import (
    IntervalMark,
    IntervalScale,
    interval_scale,
)
from django_share_analytics.admin.charts.line import Column, LineChart, line_chart
from django_share_analytics.admin.charts.scale import (
    MAX_LABELS,
    MAX_TICKS,
    Frame,
    coordinate,
    label_indexes,
    tick_values,
)
from django_share_analytics.admin.charts.small import bar_length, sparkline
from django_share_analytics.admin.charts.tree import TreeChart, TreeColumn, tree_chart

__all__ = [
    "HEAT_LEVELS",
    "MAX_LABELS",
    "MAX_TICKS",
    "Column",
    "Frame",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "Histogram",
    "HistogramBar",
    "IntervalMark",
    "IntervalScale",
    "LineChart",
    "TreeChart",
    "TreeColumn",
    "bar_length",
    "coordinate",
    "heat_level",
    "heat_map",
    "histogram",
    "interval_scale",
    "label_indexes",
    "line_chart",
    "sparkline",
    "tick_values",
    "tree_chart",
]
