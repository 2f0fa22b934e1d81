"""Two years of a site: as many shares as wanted, stored and counted.

The writer makes the first million. More would take it a quarter of an hour, so that PostgreSQL then
makes rows by itself, and the counts from the rows; `benchmarks.reads` has them verified in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import workload

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BY_WRITER = 1_000_000
BATCH = 5_000

APPS = "CREATE TEMPORARY TABLE ranked (rank int PRIMARY KEY, id uuid)"
ROWS = """
INSERT INTO share_analytics_share
       (id, app_id, platform, session_id, timestamp, user_agent, referrer_url)
SELECT (lpad(to_hex(extract(epoch FROM at)::bigint * 1000), 12, '0') || '7'
        || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid,
       ranked.id, (%(platforms)s::text[])[platform], '', at,
       (%(agents)s::text[])[1 + platform %% %(agent_count)s],
       CASE WHEN platform %% 4 = 0 THEN 'https://example.com/apps/' || rank || '/' END
  FROM (SELECT now() - interval '1 day' * %(days)s * (1 - i / %(n)s::float8) AS at,
               floor(exp(random() * ln(%(apps)s + 1)))::int AS rank,
               1 + floor(random() * 100)::int AS platform,
               md5(random()::text) AS noise
          FROM generate_series(1, %(n)s) AS i OFFSET 0) AS share
  JOIN ranked USING (rank)
"""
"""The same as :func:`workload.events`: of app number r there are 1 / r as many as of the first."""

FACTS = """
CREATE TEMPORARY TABLE facts AS
SELECT app_id, platform, (timestamp AT TIME ZONE 'Asia/Riyadh')::date AS day,
       date_trunc('hour', timestamp) AS hour, count(*) AS n
  FROM share_analytics_share GROUP BY 1, 2, 3, 4
"""
COUNTS = (
    "TRUNCATE share_analytics_appcount, share_analytics_appplatformcount, share_analytics_appday,"
    " share_analytics_appplatformday, share_analytics_sitehour",
    "INSERT INTO share_analytics_appcount (app_id, n) SELECT app_id, sum(n) FROM facts GROUP BY 1",
    "INSERT INTO share_analytics_appplatformcount (app_id, platform, n)"
    " SELECT app_id, platform, sum(n) FROM facts GROUP BY 1, 2",
    "INSERT INTO share_analytics_appday (day, app_count_id, n)"
    " SELECT day, c.id, sum(f.n) FROM facts f JOIN share_analytics_appcount c USING (app_id)"
    " GROUP BY 1, 2 ORDER BY 1, 2",
    "INSERT INTO share_analytics_appplatformday (app_platform_id, day, n)"
    " SELECT c.id, day, sum(f.n) FROM facts f"
    " JOIN share_analytics_appplatformcount c USING (app_id, platform)"
    " GROUP BY 2, 1 ORDER BY 2, 1",
    "INSERT INTO share_analytics_sitehour (hour, platform, n)"
    " SELECT hour, platform, sum(n) FROM facts GROUP BY 1, 2 ORDER BY 1, 2",
)


def grow_to(n: int, apps: Sequence[Any]) -> None:
    """Add shares until there are ``n``, evenly over two years up to now."""
    from django.db import connection

    from django_share_analytics.models import Share

    missing = n - Share.objects.count()
    if missing > 0 and connection.vendor == "postgresql" and n > MOST_BY_WRITER:
        _let_postgres_make(missing, apps)
    elif missing > 0:
        _write(missing, apps, seed=n)
    _settle()


def _write(n: int, apps: Sequence[Any], seed: int) -> None:
    from django_share_analytics.writing.writer import write_shares

    for batch in workload.batches(workload.events(n, apps, seed=seed), min(BATCH, n)):
        write_shares(batch)


def _let_postgres_make(n: int, apps: Sequence[Any]) -> None:
    """Rows without the indexes, which are made again when all rows are there."""
    from django.db import connection

    from django_share_analytics.models import Share

    platforms = [name for name, n in workload.PLATFORMS.items() for _ in range(n)]
    parameters = {
        "n": n, "days": workload.DAYS, "apps": len(apps), "platforms": platforms,
        "agents": list(workload.USER_AGENTS), "agent_count": len(workload.USER_AGENTS),
    }  # fmt: skip
    indexes = Share._meta.indexes
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Share, index)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # all apps are there
        cursor.execute("SELECT setseed(0.7)")
        cursor.execute(APPS)
        cursor.executemany("INSERT INTO ranked VALUES (%s, %s)", list(enumerate(apps, 1)))
        cursor.execute(ROWS, parameters)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(FACTS)
        for statement in COUNTS:
            cursor.execute(statement)
        cursor.execute("DROP TABLE ranked, facts")
        cursor.execute("RESET work_mem")
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(Share, index)


def _settle() -> None:
    """What a database does by itself a little later: statistics, and pages without dead rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        elif connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
        else:
            cursor.execute(
                "ANALYZE TABLE share_analytics_share, share_analytics_appday,"
                " share_analytics_appplatformday, share_analytics_sitehour"
            )
            cursor.fetchall()
