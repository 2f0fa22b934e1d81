"""How large, deep and viral a cascade is: a tree of shares, measured in one pass from its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class ShareTree:
    """A share with all that it led to, of which only sums are kept: it grows by whole branches.

    A branch is complete when it is added: nothing can be added to it afterwards.
    """

    size: int = 1
    """Shares, the first one included."""
    depth: int = 0
    """Steps from the first share to the farthest."""
    branch_sizes: int = 0
    """Of each share but the first, the size of the tree that it is the first of; summed up."""
    branch_squares: int = 0
    """The same with the squares of these sizes."""

    def add(self, branch: ShareTree) -> None:
        """Somebody who came by the first share made the first share of ``branch``."""
        self.size += branch.size
        self.depth = max(self.depth, branch.depth + 1)
        self.branch_sizes += branch.branch_sizes + branch.size
        self.branch_squares += branch.branch_squares + branch.size**2

    @property
    def structural_virality(self) -> float:
        """The mean number of steps between two shares; 0 for one that is alone.

        Each link parts the s shares behind it from the n - s others, and lies on the way between
        as many pairs: so the mean is 2 Σ s (n - s) / (n (n - 1)) over the shares but the first.
        (Goel, Anderson, Hofman and Watts, The Structural Virality of Online Diffusion, Management
        Science 62, 2015.) A star of n shares has 2 - 2 / n, a chain (n + 1) / 3.
        """
        n = self.size
        if n == 1:
            return 0.0
        return 2 * (n * self.branch_sizes - self.branch_squares) / (n * (n - 1))


def tree_of(parents: Sequence[int]) -> ShareTree:
    """The tree that is given as :attr:`.results.Cascade.parents`. One step a share."""
    sizes, depths = [1] * (len(parents) + 1), [0] * (len(parents) + 1)
    below = squares = 0
    # A parent comes before its children, so from the end on each branch is complete.
    for child in range(len(parents), 0, -1):
        parent, size = parents[child - 1], sizes[child]
        sizes[parent] += size
        depths[parent] = max(depths[parent], depths[child] + 1)
        below, squares = below + size, squares + size * size
    return ShareTree(sizes[0], depths[0], below, squares)


def structural_virality(parents: Sequence[int]) -> float:
    """:attr:`ShareTree.structural_virality` of such a tree."""
    return tree_of(parents).structural_virality
