"""The geometry of the charts: every number is drawn where it belongs, in every language."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.admin.charts import (
    MAX_LABELS,
    MAX_TICKS,
    Frame,
    bar_length,
    coordinate,
    heat_level,
    heat_map,
    label_indexes,
    line_chart,
    sparkline,
    tick_values,
)

COUNTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=365)
NUMBER = r"\d+(\.\d{1,2})?"
POINT = rf"{NUMBER} {NUMBER}"
LINE = re.compile(rf"(M{POINT}(L{POINT})+)?")
AREA = re.compile(rf"(M{POINT}(L{POINT})+Z)?")


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (12.5, "12.5"), (100, "100"), (1 / 3, "0.33"), (1e-9, "0"), (10.10, "10.1")],
)
def test_coordinate__is_plain(value: float, written: str) -> None:
    assert coordinate(value) == written


def test_coordinate__in_german() -> None:
    with translation.override("de"):
        assert coordinate(12.5) == "12.5"


@pytest.mark.parametrize(
    ("maximum", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (41, [0, 20, 40, 60]),
        (99, [0, 50, 100]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_tick_values__are_round(maximum: int, ticks: list[int]) -> None:
    assert tick_values(maximum) == ticks


@given(st.integers(min_value=0, max_value=10**12))
def test_tick_values__reach_the_maximum_in_few_steps(maximum: int) -> None:
    ticks = tick_values(maximum)
    assert ticks[0] == 0
    assert ticks[-2] < max(maximum, 1) <= ticks[-1]
    assert 2 <= len(ticks) <= MAX_TICKS
    assert len({b - a for a, b in pairwise(ticks)}) == 1


@given(st.integers(min_value=0, max_value=1000))
def test_label_indexes__end_with_the_last_point(count: int) -> None:
    labelled = label_indexes(count)
    assert len(labelled) <= MAX_LABELS
    assert labelled == sorted(set(labelled))
    assert labelled[-1:] == ([count - 1] if count else [])


@given(COUNTS, st.booleans())
def test_line_chart__stays_in_its_frame(values: list[int], unfinished: bool) -> None:
    chart = line_chart(values, last_is_unfinished=unfinished)
    frame = chart.frame
    for column in chart.columns:
        assert frame.left <= float(column.x) <= frame.right_edge
        assert frame.top <= float(column.y) <= frame.baseline
        assert float(column.left) <= float(column.x)


@given(COUNTS, st.booleans())
def test_line_chart__writes_valid_paths(values: list[int], unfinished: bool) -> None:
    chart = line_chart(values, last_is_unfinished=unfinished)
    assert LINE.fullmatch(chart.line)
    assert AREA.fullmatch(chart.area)
    assert LINE.fullmatch(chart.unfinished)


@given(COUNTS)
def test_line_chart__draws_more_higher(values: list[int]) -> None:
    columns = line_chart(values).columns
    heights = [-float(column.y) for column in columns]
    for (a, high_a), (b, high_b) in pairwise(zip(values, heights, strict=True)):
        assert (a > b and high_a >= high_b) or (a < b and high_a <= high_b) or high_a == high_b


@given(COUNTS)
def test_line_chart__has_one_column_a_value_from_left_to_right(values: list[int]) -> None:
    positions = [float(column.x) for column in line_chart(values).columns]
    assert len(positions) == len(values)
    assert positions == sorted(set(positions))


def test_line_chart__in_full() -> None:
    frame = Frame(width=130, height=60, left=10, right=0, top=10, bottom=10)
    chart = line_chart([0, 2, 4, 1], last_is_unfinished=True, frame=frame)
    assert chart.line == "M25 50L55 30L85 10"
    assert chart.area == "M25 50L55 30L85 10L85 50L25 50Z"
    assert chart.unfinished == "M85 10L115 40"
    assert [(tick.value, tick.y) for tick in chart.ticks] == [
        (0, "50"),
        (1, "40"),
        (2, "30"),
        (3, "20"),
        (4, "10"),
    ]
    assert [column.left for column in chart.columns] == ["10", "40", "70", "100"]
    assert [column.is_unfinished for column in chart.columns] == [False, False, False, True]


def test_line_chart__when_today_is_the_only_day() -> None:
    chart = line_chart([3], last_is_unfinished=True)
    assert (chart.line, chart.area, chart.unfinished) == ("", "", "")
    assert len(chart.columns) == 1
    assert chart.is_unfinished
    assert not line_chart([3]).is_unfinished


def test_line_chart__without_values() -> None:
    chart = line_chart([])
    assert chart.columns == []
    assert (chart.line, chart.area, chart.unfinished) == ("", "", "")


@pytest.mark.parametrize(
    ("part", "whole", "length"),
    [(0, 0, "0"), (0, 5, "0"), (5, 5, "100"), (1, 3, "33.33"), (1, 1_000_000, "0.5")],
)
def test_bar_length__is_the_share_of_the_whole(part: int, whole: int, length: str) -> None:
    assert bar_length(part, whole) == length


def test_line_chart__with_the_period_before_and_parts_at_both_ends() -> None:
    frame = Frame(width=130, height=60, left=10, right=0, top=10, bottom=10)
    chart = line_chart(
        [1, 2, 4, 3],
        previous=[4, 4, 4, 4],
        first_is_unfinished=True,
        last_is_unfinished=True,
        frame=frame,
    )
    assert chart.line == "M55 30L85 10"
    assert chart.unfinished == "M25 40L55 30M85 10L115 20"
    assert chart.previous == "M25 10L55 10L85 10L115 10"
    assert [column.is_unfinished for column in chart.columns] == [True, False, False, True]


def test_line_chart__leaves_room_for_hours_to_come() -> None:
    chart = line_chart([1, 2], slots=24, labels_from_first=True)
    assert [column.y != "" for column in chart.columns] == [True] * 2 + [False] * 22
    assert [n for n, column in enumerate(chart.columns) if column.is_labelled] == list(
        range(0, 24, 3)
    )


@given(COUNTS)
def test_sparkline__stays_in_its_frame(values: list[int]) -> None:
    path = sparkline(values)
    assert LINE.fullmatch(path)
    points = [tuple(map(float, point.split())) for point in path[1:].split("L") if point]
    assert len(points) <= 60
    assert all(0 <= x <= 100 and 0 <= y <= 24 for x, y in points)


def test_sparkline__adds_neighbours_up() -> None:
    assert sparkline([5, *([1, 2, 3] * 40)]) == sparkline([6] * 40)
    assert sparkline([7]) == sparkline([]) == ""


@pytest.mark.parametrize(
    ("value", "largest", "level"), [(0, 0, 0), (0, 9, 0), (1, 1_000, 1), (5, 10, 3), (10, 10, 5)]
)
def test_heat_level(value: int, largest: int, level: int) -> None:
    assert heat_level(value, largest) == level


def test_heat_map__has_a_square_for_every_value() -> None:
    drawn = heat_map([[0, 1], [2, 4]])
    assert [[cell.level for cell in row.cells] for row in drawn.rows] == [[0, 2], [3, 5]]
    assert [row.y for row in drawn.rows] == ["4", "28"]
    assert drawn.columns == ["84", "110"]
