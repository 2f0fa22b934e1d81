"""Cascades are put together from their ends, and few sums are in memory at a time."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import pytest

from django_share_analytics.virality.forest import LARGEST, MAX_DRAWN, Forest, Link, parents_in
from tests.factories import NOON

pytestmark = pytest.mark.once


def grown(parents: list[int | None]) -> tuple[Forest, int]:
    """The forest of shares a second apart, and the most sums that waited at a time."""
    forest, most = Forest(NOON, lambda _: True), 0
    for number, parent in reversed(list(enumerate(parents))):
        link = Link(NOON + timedelta(seconds=number), UUID(int=number))
        if parent is not None:
            link = link._replace(
                parent=UUID(int=parent), parent_timestamp=NOON + timedelta(seconds=parent)
            )
        forest.add([link])
        most = max(most, len(forest.open))
    assert not forest.open
    return forest, most


def test_forest__of_a_long_chain_one_sum_waits() -> None:
    forest, most = grown([None, *range(5_000)])
    assert most == 1
    ((root, tree),) = forest.largest
    assert (root, tree.size, tree.depth) == (UUID(int=0), 5_001, 5_000)
    assert tree.structural_virality == pytest.approx(5_002 / 3)


def test_forest__of_a_star_one_sum_waits() -> None:
    forest, most = grown([None, *[0] * 5_000])
    assert (most, forest.roots, forest.forwarded) == (1, 1, 1)


def test_forest__of_a_wide_one_those_wait_whose_parent_comes_later() -> None:
    """People share on soon: however long the period is, it is those of some minutes."""
    draw = random.Random("a wide forest")
    parents = [
        None if number < 5 or draw.random() < 0.5 else number - draw.randint(1, 5)
        for number in range(20_000)
    ]
    forest, most = grown(parents)
    assert most <= 5
    assert forest.roots == parents.count(None)
    assert len(forest.largest) == LARGEST


def test_forest__a_parent_from_before_is_not_waited_for() -> None:
    forest = Forest(NOON, lambda _: True)
    forest.add([Link(NOON, UUID(int=2), UUID(int=1), NOON - timedelta(seconds=1))])
    assert (forest.open, forest.roots) == ({}, 0)


def test_forest__the_largest_first_and_of_two_the_newer() -> None:
    forest, _ = grown([None, 0, None, 2, None, 4, 4, *[None] * 20])
    assert [(root.int, tree.size) for root, tree in forest.largest] == [(4, 3), (2, 2), (0, 2)]


def test_parents_in__step_by_step_and_not_beyond_what_is_drawn() -> None:
    children = {1: [2, 3], 2: [4], 3: [5, 6]}
    asked = []

    def children_of(step: list[UUID]) -> list[tuple[UUID, object, UUID]]:
        asked.append([share.int for share in step])
        return [
            (share, NOON + timedelta(seconds=child), UUID(int=child))
            for share in step
            for child in children.get(share.int, [])
        ]

    assert parents_in(UUID(int=1), children_of) == [0, 0, 1, 2, 2]
    assert asked == [[1], [2, 3], [4, 5, 6]]
    children[1] = list(range(2, MAX_DRAWN + 2))
    assert parents_in(UUID(int=1), children_of) == []
    children[1] = list(range(10, MAX_DRAWN + 9))
    assert parents_in(UUID(int=1), children_of) == [0] * (MAX_DRAWN - 1)
