"""Which tests look at which room of the package."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

EXTRA_TESTS = {
    "writing": "writer set_aside importing pruning",
    "counts": "writer state deletion pruning closed_days zone_change",
    "sql": "writer models deletion set_aside stats_by_hand audit",
    "stats": "stats stats_by_hand cached_counts closed_days counting tables share_counts report",
    "upkeep": "verification audit verify_command repair pruning zone_change",
}
"""The tests of a room: what is in ``tests/ROOM``, and the files of these names in any folder."""


def paths_of(room: str) -> list[str]:
    """Paths of the room's tests, relative to the root."""
    names = [f"{room}/test_*.py", *(f"test_{name}.py" for name in EXTRA_TESTS[room].split())]
    found = (path for name in names for path in sorted((ROOT / "tests").rglob(name)))
    return list(dict.fromkeys(str(path.relative_to(ROOT)) for path in found))
