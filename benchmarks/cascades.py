"""``python -m benchmarks.cascades``: measuring a tree, and finding cascades among a million shares.

Half of all shares are re-shares of one of the last hundred: more and deeper cascades than any site
has. PostgreSQL makes the rows.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

from benchmarks.database import make_apps, temporary_database
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHARES, NODES, AIM = 1_000_000, 100_000, 0.5
ROWS = """
CREATE TEMPORARY TABLE made AS
SELECT i, gen_random_uuid() AS id, now() - interval '98 days' * (1 - i / %(n)s::float8) AS at,
       CASE WHEN i > 100 AND random() < 0.5 THEN i - 1 - floor(random() * 100)::int END AS parent
  FROM generate_series(1, %(n)s) AS i;

INSERT INTO share_analytics_share (id, app_id, platform, session_id, timestamp, user_agent)
SELECT id, %(app)s, 'whatsapp', '', at, '' FROM made;

INSERT INTO share_analytics_linkstep (id, share_id, kind, detail, timestamp)
SELECT child.id, parent.id, 'reshare', '', child.at
  FROM made child JOIN made parent ON parent.i = child.parent;

ANALYZE share_analytics_share;
ANALYZE share_analytics_linkstep;
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="with few shares")
    quick = parser.parse_args(arguments).quick
    if reason := databases.why_not("postgres"):
        print(f"skipped: {reason}")
        return 0
    with temporary_database("postgres"):
        slowest = measure_trees(NODES // 100 if quick else NODES)
        find(SHARES // 100 if quick else SHARES)
    return int(slowest > AIM)


def measure_trees(nodes: int) -> float:
    """Prints, and returns the longest time in seconds."""
    from django_share_analytics.virality.trees import structural_virality

    draw = random.Random("trees")
    trees: dict[str, Sequence[int]] = {
        "a star": [0] * (nodes - 1),
        "a chain": range(nodes - 1),
        "between the two": [draw.randint(max(0, n - 500), n) for n in range(nodes - 1)],
    }
    times = {}
    for name, parents in trees.items():
        times[name], virality = timed(lambda parents=parents: structural_virality(parents))
        print(
            f"{name} of {nodes:,} shares: {times[name]:.2f} s (structural virality {virality:.4g})"
        )
    return max(times.values())


def find(shares: int) -> None:
    from django.db import connection

    from django_share_analytics.virality.finding import find_cascades

    (app,) = make_apps(1)
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"n": shares, "app": app})
    seconds, found = timed(lambda: find_cascades(90))
    print(
        f"find_cascades among {shares:,} shares: {seconds:.1f} s, {shares / seconds:,.0f} a second"
    )
    print(f"  {found.forwarded:,} cascades, the largest of {found.largest[0].size:,} shares")
    tracemalloc.start()
    find_cascades(90)
    print(f"  {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB at most")
    tracemalloc.stop()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    sys.exit(main())
