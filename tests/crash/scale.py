"""How much of everything: the full run takes at most ten minutes, the short one three."""

from __future__ import annotations

import os

IS_SHORT = os.environ.get("CRASH_SHORT", "") not in {"", "0"}

MEASURE_SECONDS = 1.0 if IS_SHORT else 2.0
"""How long a site's maximum is measured."""
LOAD_SHARE = 0.8
"""How much of the maximum is sent then."""

WORKER_KILLS = 4 if IS_SHORT else 20
WORKER_KILL_SECONDS = 0.9
"""Between two kills. A new worker is forked from one that has loaded everything."""
CONSUMER_KILLS = 6 if IS_SHORT else 50
CELERY_KILLS = 2 if IS_SHORT else 10

OUTAGE_SECONDS = 4.0 if IS_SHORT else 30.0
CALM_SECONDS = 2.0
"""Load before and after an outage."""
WRITING_SECONDS = 2.0 if IS_SHORT else 6.0
"""How long many writers write at once."""

P99_SECONDS = 0.050
"""What 99 of 100 answers stay under, also while the database is away."""
