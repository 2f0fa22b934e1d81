"""``python -m tests [pytest's arguments]``: the suite on every database that is there.

What starts and kills processes is left to ``make test-processes``. The tests that depend neither on
the database nor on the type of key (``@pytest.mark.once``) run in the first suite only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests import databases, services

# Each database and each type of key.
SUITES = (
    ("sqlite", "uuid"),
    ("sqlite", "int"),
    ("postgres", "uuid"),
    ("mariadb", "str"),
)


def run(database: str, app_key: str, arguments: list[str]) -> str:
    """One suite: ``passed``, ``failed`` or ``skipped``."""
    if reason := databases.why_not(database):
        print(reason, flush=True)
        return "failed" if services.are_required() else "skipped"
    marks = "not processes" if (database, app_key) == SUITES[0] else "not processes and not once"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses=4", "-m", marks]
    environment = {**os.environ, "TEST_DATABASE": database, "TEST_APP_KEY": app_key}
    done = subprocess.run([*command, *arguments], env=environment, check=False)
    return "failed" if done.returncode else "passed"


def main() -> int:
    summary = []
    for database, app_key in SUITES:
        print(f"\n=== {database}, {app_key} keys", flush=True)
        start = time.monotonic()
        outcome = run(database, app_key, sys.argv[1:])
        seconds = time.monotonic() - start
        summary.append(f"{outcome:8}{database}, {app_key} keys ({seconds:.0f} s)")
    print("\n=== all suites", *summary, sep="\n")
    return any(line.startswith("failed") for line in summary)


if __name__ == "__main__":
    sys.exit(main())
