"""A file of shares: ``item,platform,slice,shares`` a line, as CSV, also compressed with gzip."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COLUMNS = ["item", "platform", "slice", "shares"]
MAX_ITEM_LENGTH = 100


class BadShareFile(ValueError):  # noqa: N818 - names a thing, not an error
    """The file can't be replayed; the message says which line is wrong, and how."""


@dataclass(frozen=True, slots=True)
class PlannedShare:
    """One share to send. Its id is the same in every run, so that it counts once."""

    id: UUID
    app_id: UUID
    platform: str


@dataclass(frozen=True, slots=True)
class ShareFile:
    """What a file says: how often each item was shared on each platform, in which time slice.

    ``namespace`` is derived from the file's content. An item's app belongs to the file: two files
    that have items in common don't add to each other's counts.
    """

    namespace: UUID
    cells: Counter[tuple[int, str, str]]
    """Shares by slice, item and platform."""

    @property
    def total(self) -> int:
        return self.cells.total()

    def app_id(self, item: str) -> UUID:
        return uuid5(self.namespace, item)

    def by_item(self) -> dict[str, Counter[str]]:
        """Shares by platform of each item."""
        items: dict[str, Counter[str]] = defaultdict(Counter)
        for (_, item, platform), shares in self.cells.items():
            items[item][platform] += shares
        return dict(items)

    def by_platform(self) -> Counter[str]:
        platforms: Counter[str] = Counter()
        for (_, _, platform), shares in self.cells.items():
            platforms[platform] += shares
        return platforms

    def planned(self) -> Iterator[PlannedShare]:
        """Every single share, in the order of the slices."""
        for (slice_, item, platform), shares in sorted(self.cells.items()):
            app_id = self.app_id(item)
            for number in range(shares):
                yield PlannedShare(uuid5(app_id, f"{platform}/{slice_}/{number}"), app_id, platform)


def read(path: Path, platform_name: Callable[[str], str | None]) -> ShareFile:
    """Read ``path``. ``platform_name`` turns a spelling into the stored name, if there is one.

    :raises BadShareFile: at the first line that is not as it should be.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        text = content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadShareFile(f"{path} can't be read: {error}") from error
    namespace = uuid5(NAMESPACE_URL, "sha256:" + hashlib.sha256(content).hexdigest())
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells: Counter[tuple[int, str, str]] = Counter()
    try:
        if next(rows, None) != COLUMNS:
            raise BadShareFile(f"the first line must be {','.join(COLUMNS)}")
        for row in rows:
            cell, shares = _parse(row, platform_name)
            cells[cell] += shares
    except (BadShareFile, csv.Error) as error:
        raise BadShareFile(f"{path}, line {max(rows.line_num, 1)}: {error}") from error
    return ShareFile(namespace, cells)


def _parse(
    row: list[str], platform_name: Callable[[str], str | None]
) -> tuple[tuple[int, str, str], int]:
    if len(row) != len(COLUMNS):
        raise BadShareFile(f"{len(COLUMNS)} values are expected, not {len(row)}")
    item, spelling, slice_, shares = row
    if not item.strip() or len(item) > MAX_ITEM_LENGTH:
        raise BadShareFile(f"item must have 1 to {MAX_ITEM_LENGTH} characters")
    platform = platform_name(spelling)
    if platform is None:
        raise BadShareFile(f"platform {spelling!r} is not among those the project allows")
    return (_number("slice", slice_), item, platform), _number("shares", shares)


def _number(column: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise BadShareFile(f"{column} must be a whole number, not {value!r}")
    return int(value)
