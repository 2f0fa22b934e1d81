"""Which tests look at which room of the package."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

EXTRA_TESTS = {
    "writing": "files/test_importing upkeep/test_pruning management/test_set_aside_shares",
    "counts": "writing/test_writer upkeep/test_pruning upkeep/test_rezoning stats/test_closed_days",
    "sql": """
        writing/test_writer writing/test_batches test_models counts/test_deletion
        stats/test_answer__by_hand upkeep/test_audit
    """,
    "stats": "files/test_tables api/test_views__share_counts admin/statistics/report/test_build",
    "upkeep": "management/test_verify_share_counts",
}
"""The tests of a room, beside those in ``tests/ROOM``."""


def paths_of(room: str) -> list[str]:
    """Paths of the room's tests, relative to the root."""
    own = sorted((ROOT / "tests" / room).glob("test_*.py"))
    extra = [ROOT / "tests" / f"{name}.py" for name in EXTRA_TESTS[room].split()]
    return [str(path.relative_to(ROOT)) for path in (*own, *extra)]
