from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.admin.charts.tree import MAX_GROUPS, TreeChart, tree_chart

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

pytestmark = pytest.mark.once

NUMBER = r"(-?\d+(?:\.\d)?)"
DOT = re.compile(rf"M{NUMBER} {NUMBER}h0")
LINK = re.compile(
    rf"M{NUMBER} {NUMBER}(?:h{NUMBER}|c{NUMBER} 0 {NUMBER} {NUMBER} {NUMBER} {NUMBER})"
)


@st.composite
def parents_of_trees(draw: DrawFn) -> list[int]:
    return [draw(st.integers(0, number)) for number in range(draw(st.integers(0, 40)))]


def dots(chart: TreeChart) -> list[tuple[float, float]]:
    """Where the shares are, the root first."""
    found = [(float(x), float(y)) for x, y in DOT.findall(chart.dots)]
    assert DOT.sub("", chart.dots) == ""
    return [(float(chart.root_x), float(chart.root_y)), *found]


def links(chart: TreeChart) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    assert LINK.sub("", chart.links) == ""
    found = []
    for x, y, level, _, _, _, across, down in LINK.findall(chart.links):
        start = float(x), float(y)
        found.append((start, (start[0] + float(level or across), start[1] + float(down or 0))))
    return found


@given(parents_of_trees())
def test_tree_chart__lines_lead_from_share_to_share(parents: list[int]) -> None:
    chart = tree_chart(parents)
    places = dots(chart)
    assert len(places) == len(parents) + 1
    for (start, end), parent, place in zip(links(chart), parents, places[1:], strict=True):
        assert start == pytest.approx(places[parent], abs=0.15)
        assert end == pytest.approx(place, abs=0.3)


@given(parents_of_trees())
def test_tree_chart__each_has_a_place_of_its_own(parents: list[int]) -> None:
    chart = tree_chart(parents)
    places = dots(chart)
    assert len(set(places)) == len(places)
    assert all(0 < x < chart.width and 0 < y < chart.height for x, y in places)


@given(parents_of_trees())
def test_tree_chart__every_share_is_in_a_column(parents: list[int]) -> None:
    columns = tree_chart(parents).columns
    assert sum(column.shares for column in columns) == len(parents) + 1
    assert columns[0].first == 0
    assert columns[0].shares == 1


def test_tree_chart__of_two_branches() -> None:
    chart = tree_chart([0, 0, 1])
    assert dots(chart) == [(12, 20), (132, 12), (132, 28), (252, 12)]
    assert chart.links == "M12 20c60 0 60 -8 120 -8M12 20c60 0 60 8 120 8M132 12h120"
    assert (chart.width, chart.height) == (264, 40)
    assert [(each.first, each.shares) for each in chart.columns] == [(0, 1), (1, 2), (2, 1)]


def test_tree_chart__of_a_share_that_is_alone() -> None:
    chart = tree_chart([])
    assert (chart.links, chart.dots, len(chart.columns)) == ("", "", 1)


def test_tree_chart__of_a_star_stays_low() -> None:
    chart = tree_chart([0] * 499)
    assert chart.height < 640
    assert len(chart.links) + len(chart.dots) < 30_000


def test_tree_chart__of_a_chain_has_few_columns() -> None:
    chart = tree_chart(range(499))
    assert len(chart.columns) <= MAX_GROUPS
    assert (chart.columns[-1].first, chart.columns[-1].last) == (495, 499)
    assert chart.height == 24


def test_tree_chart__in_german() -> None:
    with translation.override("de"):
        assert "," not in tree_chart([0, 0, 1, 1]).links
