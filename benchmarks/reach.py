"""``python -m benchmarks.reach``: what the counts of steps weigh, and what reading them costs.

Steps on the links of a site's shares, 2.8 rows a share, made by PostgreSQL with ages and a spread
as simulated people have them, and counted as the writer counts. What the counts weigh with ten
times as many is computed from the keys that there would be; the same computation for those that
are there says how good it is. Then share statistics, while steps are written.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from math import exp, log
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import history, report, workload
from benchmarks.database import make_apps, temporary_database
from benchmarks.reads import AGAIN, DAYS, answered, timed
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.reads import Answer

SHARES, LATER_SHARES = 1_200_000, 10_000_000
AIM = 0.15
PLACEMENTS = 3
CLICKED, CLICKS, SEEN, CONVERTED, SHARED_ON, PREVIEWED = 0.25, 4.0, 0.8, 0.04, 0.1, 0.6
"""The part of shares on which anybody clicks; how many do so then, which is geometric; parts of
these."""
STREAMED = 50
"""Link events between two answers."""

STEPS = """
CREATE TEMPORARY TABLE clicks AS
SELECT share.id AS share_id, share.timestamp AS at, random() < %(seen)s AS is_seen,
       interval '1 second' * exp(ln(10800) + 1.6 * sqrt(-2 * ln(1 - random()))
                                 * cos(6.2831853 * random())) AS age
  FROM share_analytics_share share,
       generate_series(1, CASE WHEN abs(hashtext(share.id::text) %% 1000) < 1000 * %(clicked)s THEN
                          1 + floor(ln(1 - random()) / ln(1 - 1 / %(clicks)s))::int ELSE 0 END);

INSERT INTO share_analytics_linkstep (id, share_id, kind, detail, timestamp)
SELECT (substr(noise, 1, 12) || '5' || substr(noise, 13, 3) || '8' || substr(noise, 16, 15))::uuid,
       share_id, kind, detail, at
  FROM (SELECT share_id, kind, detail, at, md5(random()::text) AS noise FROM (
      SELECT id AS share_id, 'preview' AS kind, platform AS detail,
             timestamp + interval '5 seconds' AS at
        FROM share_analytics_share WHERE random() < %(previewed)s
      UNION ALL SELECT share_id, 'click', '', at + age FROM clicks
      UNION ALL SELECT share_id, 'visit', CASE WHEN random() < 0.3 THEN 'instagram' ELSE '' END,
             at + age FROM clicks WHERE is_seen
      UNION ALL SELECT share_id, 'conversion', 'signup', at + age
        FROM clicks WHERE is_seen AND random() < %(converted)s
      UNION ALL SELECT share_id, 'reshare', '', at + age
        FROM clicks WHERE is_seen AND random() < %(shared_on)s
  ) AS steps OFFSET 0) AS steps;

INSERT INTO share_analytics_linkstep (id, share_id, kind, detail, timestamp)
SELECT gen_random_uuid(), share_id, CASE kind WHEN 'visit' THEN 'reached' ELSE 'forwarded' END, '',
       min(timestamp)
  FROM share_analytics_linkstep WHERE kind IN ('visit', 'reshare') GROUP BY share_id, kind;
"""
FACTS = """
CREATE TEMPORARY TABLE step_facts AS
SELECT share_id, app_id, platform, day, placement, kind, detail, age,
       CASE WHEN age <= %(d1)s THEN 1 WHEN age <= %(d7)s THEN 7 WHEN age <= %(d30)s THEN 30
            ELSE 10000 END AS within
  FROM (SELECT share.id AS share_id, app_id, platform, kind, detail,
               (share.timestamp AT TIME ZONE 'Asia/Riyadh')::date AS day,
               'place-' || abs(hashtext(share.id::text)) %% %(placements)s AS placement,
               width_bucket(extract(epoch FROM step.timestamp - share.timestamp),
                            %(ages)s::numeric[]) AS age
          FROM share_analytics_linkstep step JOIN share_analytics_share share
            ON share.id = step.share_id) AS facts
"""
KINDS = ("preview", "click", "visit", "reached", "reshare", "forwarded", "conversion")
COUNTS = (
    "INSERT INTO share_analytics_sitestepday (day, platform, kind, detail, age, n)"
    " SELECT day, platform, kind, detail, age, count(*) FROM step_facts"
    " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "INSERT INTO share_analytics_placementstepday (day, placement, platform, kind, within, n)"
    " SELECT day, placement, platform, kind, within, count(*) FROM step_facts"
    " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    f"INSERT INTO share_analytics_appstepday (app_platform_id, day, within, {', '.join(KINDS)})"
    " SELECT pair.id, day, within, "
    + ", ".join(f"count(*) FILTER (WHERE kind = '{kind}')" for kind in KINDS)
    + " FROM step_facts JOIN share_analytics_appplatformcount pair USING (app_id, platform)"
    " GROUP BY 1, 2, 3 ORDER BY 2, 1, 3",
)
KEYS = {
    "sitestepday": ("platform", "kind, detail, age", ""),
    "placementstepday": ("platform, placement", "kind, within", ""),
    "appstepday": ("platform", "within", "app"),
}
"""By what shares are told apart, what of their steps is in the key, and whether the app is."""


@dataclass(frozen=True)
class Table:
    name: str
    rows: int
    bytes: int
    computed: float
    """Rows, by the computation that is used for more."""
    later: float
    """The same with as many shares as are computed."""

    @property
    def later_bytes(self) -> float:
        return self.bytes / self.rows * self.later


def make_steps() -> None:
    from django.db import connection

    from django_share_analytics import steps

    day = 86_400
    edges = {f"d{days}": steps.age_of(timedelta(days=days)) for days in steps.WINDOWS}
    values = {
        "clicked": CLICKED, "clicks": CLICKS, "seen": SEEN, "converted": CONVERTED,
        "shared_on": SHARED_ON, "previewed": PREVIEWED, "placements": PLACEMENTS,
        "ages": list(steps.AGES), **edges,
    }  # fmt: skip
    assert steps.AGES[edges["d1"]] == day  # windows end at edges
    with connection.cursor() as cursor:
        for statement in (*STEPS.split(";\n"), FACTS, *COUNTS):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


def ask(query: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def tables(shares: int) -> list[Table]:
    found = []
    for name, (of_share, of_step, app) in KEYS.items():
        ((rows, size),) = ask(
            f"SELECT count(*), pg_total_relation_size('share_analytics_{name}')"
            f" FROM share_analytics_{name}"
        )
        # A key is there unless none of the shares that could make it has made it.
        parts = [
            part for (part,) in ask(
                f"SELECT count(DISTINCT share_id) / {shares}.0 FROM step_facts"
                f" GROUP BY {of_share}, {of_step}"
            )
        ]  # fmt: skip
        weights = _weights() if app else [1.0]
        computed, later = (
            sum(_days_with(n * float(part) * weight) for part in parts for weight in weights)
            for n in (shares, LATER_SHARES)
        )
        found.append(Table(name, rows, size, computed, later))
    return found


def _days_with(expected: float) -> float:
    """The days that have any, when so many are expected on all of them together."""
    return workload.DAYS * (1 - exp(-expected / workload.DAYS))


def _weights() -> list[float]:
    """The part of all shares that each app has; see :data:`.history.ROWS`."""
    n = workload.APPS + 1
    return [log((rank + 1) / rank, n) for rank in range(1, n)]


def streamed(apps: Sequence[Any]) -> list[Answer]:
    """Statistics, with nothing written meanwhile, and with link events before each answer."""
    from django_share_analytics.events import LinkEvent, utc_now
    from django_share_analytics.models import Share
    from django_share_analytics.stats import share_stats
    from django_share_analytics.stats.question import make_question
    from django_share_analytics.stats.reach import read_steps
    from django_share_analytics.writing.writer import write_shares

    before_today = Share.objects.filter(timestamp__lt=utc_now() - timedelta(days=1))
    shares = list(before_today.order_by("-timestamp").values_list("pk", "app_id")[:5_000])
    numbers = count()

    def write() -> None:
        place = next(numbers) * STREAMED % (len(shares) - STREAMED)
        batch = [LinkEvent(id, "click", app) for id, app in shares[place : place + STREAMED]]
        assert len(write_shares(batch).recorded) == STREAMED

    question = make_question(days=DAYS, app=apps[0])
    return [
        *in_turns(AGAIN, lambda: share_stats(days=DAYS), write),
        *in_turns("reach of the hottest app", lambda: read_steps(question), write),
    ]


def in_turns(
    name: str, work: Callable[[], object], write: Callable[[], object], n: int = 60
) -> list[Answer]:
    """Without, and with something written before each; one after the other, time after time."""
    alone, meanwhile = answered(name, work, 1), answered(f"{name}, steps meanwhile", work, 1)
    alone.seconds, meanwhile.seconds = [], []
    for _ in range(n):
        alone.seconds += timed(work, 1)
        meanwhile.seconds += timed(work, 1, write)
    return [alone, meanwhile]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reach", description=__doc__)
    parser.add_argument("--database", choices=["postgres"], default="postgres")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args()
    if reason := databases.why_not(options.database):
        print(f"Left out: {reason}")
        return 0
    shares = 20_000 if options.quick else SHARES
    print(report.circumstances(options.database), flush=True)
    with temporary_database(options.database):
        apps = make_apps(workload.APPS)
        history.grow_to(shares, apps)
        make_steps()
        ((rows, size),) = ask(
            "SELECT count(*), pg_total_relation_size('share_analytics_linkstep')"
            " FROM share_analytics_linkstep"
        )
        found, answers = tables(shares), streamed(apps)
    show(shares, rows, size, found, answers)
    return 0


def show(
    shares: int, rows: int, size: int, found: Sequence[Table], answers: Sequence[Answer]
) -> None:
    times = LATER_SHARES / shares
    print(f"\n{shares:,} shares with {rows:,} steps of {size / rows:.0f} bytes with their indexes.")
    print(
        f"\n| | rows | computed | bytes a row | MB | MB at {LATER_SHARES:,} shares and "
        f"{rows * times / 1e6:.0f} M steps |\n|---|--:|--:|--:|--:|--:|"
    )
    for each in found:
        print(
            f"| {each.name} | {each.rows:,} | {each.computed:,.0f} | {each.bytes / each.rows:.0f} "
            f"| {each.bytes / 1e6:,.0f} | {each.later_bytes / 1e6:,.0f} |"
        )
    now = sum(each.bytes for each in found) / size
    later = sum(each.later_bytes for each in found) / (size * times)
    print(f"\nOf the steps' own: {now:.1%}; at {LATER_SHARES:,} shares {later:.1%}.")
    print("\n| | p50 ms | p99 ms | queries |\n|---|--:|--:|--:|")
    for answer in answers:
        times_ms = f"{1000 * answer.p50:,.2f} | {1000 * answer.p99:,.2f}"
        print(f"| {answer.name} | {times_ms} | {answer.queries} |")
    pairs = zip(answers[1].seconds, answers[0].seconds, strict=True)
    ratios = [with_steps / without for with_steps, without in pairs]
    print(
        "",
        report.aim(later <= AIM, f"counts of steps are {AIM:.0%} of these at most: {later:.1%}"),
        report.aim(
            median(ratios) <= 1.3,
            f"statistics again take as long while steps come: {report.spread(ratios)}",
        ),
        sep="\n",
    )


if __name__ == "__main__":
    sys.exit(main())
