from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_share_analytics.virality.trees import ShareTree, structural_virality, tree_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

pytestmark = pytest.mark.once


@st.composite
def trees(draw: DrawFn, max_size: int = 60) -> list[int]:
    """``parents`` of trees that are anything between a star and a chain."""
    reach = draw(st.integers(1, max_size))
    return [
        draw(st.integers(max(0, number - reach), number))
        for number in range(draw(st.integers(0, max_size - 1)))
    ]


def by_all_pairs(parents: list[int]) -> tuple[int, int, float]:
    """Size, depth and mean distance, by the way between each two."""
    networkx = pytest.importorskip("networkx", reason="needs the dependency group 'test'")
    graph = networkx.Graph(enumerate(parents, 1))
    graph.add_node(0)
    size, depth = len(graph), networkx.eccentricity(graph, 0) if parents else 0
    mean = networkx.average_shortest_path_length(graph) if parents else 0.0
    return size, depth, mean


def measured(parents: list[int]) -> tuple[int, int, float]:
    tree = tree_of(parents)
    return tree.size, tree.depth, tree.structural_virality


@given(trees())
def test_tree_of__all_pairs_say_the_same(parents: list[int]) -> None:
    assert measured(parents) == pytest.approx(by_all_pairs(parents), rel=1e-12)


@pytest.mark.parametrize(("size", "reach"), [(500, 3), (1_000, 1_000), (2_000, 40)])
def test_tree_of__a_large_one(size: int, reach: int) -> None:
    draw = random.Random(f"a tree of {size}")
    parents = [draw.randint(max(0, number - reach), number) for number in range(size - 1)]
    assert measured(parents) == pytest.approx(by_all_pairs(parents), rel=1e-12)


SIZES = [2, 3, 10, 1_001, 100_000]


@pytest.mark.parametrize("n", SIZES)
def test_structural_virality__of_a_star(n: int) -> None:
    assert structural_virality([0] * (n - 1)) == float(2 - Fraction(2, n))
    assert tree_of([0] * (n - 1)).depth == 1


@pytest.mark.parametrize("n", SIZES)
def test_structural_virality__of_a_chain(n: int) -> None:
    """Nothing calls itself: a hundred thousand steps are no trouble."""
    assert structural_virality(range(n - 1)) == float(Fraction(n + 1, 3))
    assert tree_of(range(n - 1)).depth == n - 1


def test_structural_virality__of_a_share_that_is_alone() -> None:
    assert structural_virality([]) == 0
    assert ShareTree() == tree_of([])
